import { Logger } from '@nestjs/common';
import { LogEntry, stopwatch } from '../common';
import { LeaseLostError } from '../errors';
import { unitOfWork, type GuardedRow, type LedgerDatabase, type UnitOfWork } from '../database';
import { ClaimLanes } from './claim-lanes';
import type { DeadEventListener } from './dead-event';
import { PlainClaim, type Claimed } from './due-claim';
import { EventEntity } from './event.entity';
import { HandlerRunEntity } from './handler-run.entity';
import { RUN_COLUMNS, RUN_KEY } from './handler-run.store';
import type { Lease, LeasePolicy } from './lease';
import { guardedRow, outcomeChanges, type LeasedWrite } from './leased-write';
import { OrderedClaim } from './ordered-claim';
import { LOST_MESSAGE, reaping, type ReapedEvent } from './reaping';
import { wakeSiblings } from './siblings';

/** What workers write: every statement after the claim is worth nothing without the lease it was made with. */
export class LeaseStore {
  private readonly logger = new Logger('StripeEvents');
  private readonly lanes: ClaimLanes;

  constructor(
    private readonly database: LedgerDatabase,
    private readonly policy: LeasePolicy,
    private readonly onDead: DeadEventListener = () => undefined,
  ) {
    const { leaseMs, replayRestMs, orderingPatienceMs: patienceMs } = policy;
    const source =
      patienceMs === null ? new PlainClaim(database, leaseMs) : new OrderedClaim(database, { leaseMs, patienceMs });
    this.lanes = new ClaimLanes(source, stopwatch, replayRestMs);
  }

  /**
   * Takes up to `limit` due events, longest due first, replayed ones last. No two workers get the same one.
   *
   * @param ahead for how many of them there is no place yet: these are none of the replayed ones
   */
  claim(limit: number, ahead = 0): Promise<Claimed> {
    return this.lanes.claim(limit, ahead);
  }

  /** Makes events due whose workers have vanished; an event that keeps taking workers down is dead. Returns how many. */
  async reap(limit: number): Promise<number> {
    const unit = this.waking(reaping(this.database, limit), (events) => events.map(({ id }) => id));
    const reaped = await this.database.run(unit);
    const dead = reaped.filter(({ status }) => status === 'dead');
    dead.forEach((event) => {
      this.logDead(event);
    });
    this.onDead(dead.map(({ id }) => ({ id, error: LOST_MESSAGE })));
    return reaped.length;
  }

  /** Keeps the leases for another while. Returns the ones that are lost. */
  async renew<Held extends Lease>(leases: readonly Held[], timeoutMs?: number): Promise<readonly Held[]> {
    if (leases.length === 0) {
      return [];
    }
    const renewal = (lease: Held): GuardedRow => ({
      id: lease.id,
      version: lease.leaseNo,
      values: [this.policy.leaseMs],
      children: [],
    });
    const rows = new Map(leases.map((lease) => [lease, renewal(lease)]));
    const unit = this.database.dialect.changeGuarded({
      ...this.heldEvents([...rows.values()]),
      changes: [{ sql: `lease_until = ${this.database.dialect.now} + ?`, type: 'bigint' }],
    });
    return missingFrom(await this.database.run(unit, timeoutMs), rows);
  }

  /** Records runs and outcomes. Returns those whose lease was lost: nothing is written for them. */
  async write(writes: readonly LeasedWrite[]): Promise<ReadonlySet<LeasedWrite>> {
    if (writes.length === 0) {
      return new Set();
    }
    const rows = new Map(writes.map((write) => [write, guardedRow(write)]));
    const held = await this.database.run(this.waking(this.writing([...rows.values()]), released));
    const lost = new Set(missingFrom(held, rows));
    this.onDead(
      writes.flatMap((write) =>
        write.outcome?.status === 'dead' && !lost.has(write)
          ? [{ id: write.lease.id, error: write.outcome.error }]
          : [],
      ),
    );
    return lost;
  }

  /** Records a run as part of an open transaction, which must not commit when the lease is lost. */
  recordingRun(write: Required<Pick<LeasedWrite, 'lease' | 'run'>>): UnitOfWork<void> {
    const unit = this.writing([guardedRow(write)]);
    return unitOfWork(function* () {
      const held = yield* unit.steps();
      if (held.size === 0) {
        throw new LeaseLostError();
      }
    });
  }

  private writing(rows: readonly GuardedRow[]): UnitOfWork<ReadonlySet<GuardedRow>> {
    return this.database.dialect.changeGuarded({
      ...this.heldEvents(rows),
      changes: outcomeChanges(this.database.dialect.now),
      children: { table: this.database.table(HandlerRunEntity), columns: RUN_COLUMNS, key: RUN_KEY },
    });
  }

  private heldEvents(rows: readonly GuardedRow[]) {
    const table = this.database.table(EventEntity);
    return { table, condition: "status = 'processing'", versionColumn: 'lease_no', rows };
  }

  private logDead({ stripeId, kind, endpoint }: ReapedEvent): void {
    const sentence = `Event ${stripeId} is a dead letter: its workers vanished too often.`;
    this.logger.error(new LogEntry(sentence, { eventId: stripeId, kind, endpoint }));
  }

  /** Where objects have an order, whoever releases an event calls the next one of its object. */
  private waking<T>(unit: UnitOfWork<T>, releasedBy: (result: T) => readonly string[]): UnitOfWork<T> {
    const { database } = this;
    return this.policy.orderingPatienceMs === null
      ? unit
      : unitOfWork(function* () {
          const result = yield* unit.steps();
          yield* wakeSiblings(database, releasedBy(result));
          return result;
        });
  }
}

function missingFrom<Key>(held: ReadonlySet<GuardedRow>, rows: ReadonlyMap<Key, GuardedRow>): Key[] {
  return [...rows].flatMap(([key, row]) => (held.has(row) ? [] : [key]));
}

/** The ids of the events that have an outcome, and so are nobody's any more. */
function released(held: ReadonlySet<GuardedRow>): string[] {
  return [...held].flatMap(({ id, values }) => (values === null ? [] : [id]));
}
