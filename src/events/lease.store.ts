import { LeaseLostError } from '../errors';
import { placeholders, unitOfWork, type LedgerDatabase, type Row, type Statement, type UnitOfWork } from '../database';
import type { DeadEventListener } from './dead-event';
import { EVENT_COLUMNS, eventFromRow } from './event-row';
import { EventEntity } from './event.entity';
import { runStatement } from './handler-run.store';
import { outcomeStatements, type EventOutcome, type LeasedWrite } from './leased-write';

/** The right to handle an event, which ends when another worker takes it. */
export interface Lease {
  readonly id: string;
  readonly leaseNo: number;
  readonly replayNo: number;
}

/** How long workers hold events, and how often an event may take one down. */
export interface LeasePolicy {
  readonly leaseMs: number;
  readonly maxAttempts: number;
}

/** An event that takes its worker down this often is dead: the next one would go down as well. */
const MOST_LOST_WORKERS = 5;
const LOST_MESSAGE =
  'The worker that held the event vanished: its process ended, or was silent for longer than its lease.';

/** What workers write: every statement after the claim is worth nothing without the lease it was made with. */
export class LeaseStore {
  constructor(
    private readonly database: LedgerDatabase,
    private readonly policy: LeasePolicy,
    private readonly onDead: DeadEventListener = () => undefined,
  ) {}

  /** Takes up to `limit` due events, longest due first, replayed ones last. No two workers get the same one. */
  async claim(limit: number): Promise<EventEntity[]> {
    const live = await this.claimLane(0, limit);
    return live.length < limit ? [...live, ...(await this.claimLane(1, limit - live.length))] : live;
  }

  private async claimLane(lane: 0 | 1, limit: number): Promise<EventEntity[]> {
    const { now } = this.database.dialect;
    const rows = await this.take({
      pick: `WHERE status = 'pending' AND lane = ${lane} AND next_attempt_at <= ${now} ORDER BY next_attempt_at, id`,
      limit,
      set: `status = 'processing', attempts = attempts + 1, lease_no = lease_no + 1, lease_until = ${now} + ?`,
      setParams: [this.policy.leaseMs],
      returning: EVENT_COLUMNS,
    });
    // In the order of the pick, which RETURNING does not keep.
    return rows.map(eventFromRow).sort(byDueTime);
  }

  /** Makes events due whose workers have vanished; an event that keeps taking workers down is dead. */
  async reap(limit: number): Promise<number> {
    const { now } = this.database.dialect;
    const hopeless = `attempts >= ${this.policy.maxAttempts} OR lost + 1 >= ${MOST_LOST_WORKERS}`;
    const reaped = await this.take({
      pick: `WHERE status = 'processing' AND lease_until < ${now} ORDER BY lease_until`,
      limit,
      // MySQL reads columns that were set before with their new values: status and times come before what they read.
      set: `status = CASE WHEN ${hopeless} THEN 'dead' ELSE 'pending' END,
 processed_at = CASE WHEN ${hopeless} THEN ${now} ELSE NULL END,
 next_attempt_at = CASE WHEN ${hopeless} THEN NULL ELSE ${now} END,
 lease_until = NULL, last_error = ?, lost = lost + 1`,
      setParams: [LOST_MESSAGE],
      returning: ['id', 'status'],
    });
    const dead = reaped.filter(({ status }) => status === 'dead');
    this.onDead(dead.map(({ id }) => ({ id: String(id), error: LOST_MESSAGE })));
    return reaped.length;
  }

  /** Keeps the leases for another while. Returns the ones that are lost. */
  async renew(leases: readonly Lease[]): Promise<readonly Lease[]> {
    if (leases.length === 0) {
      return [];
    }
    const { now } = this.database.dialect;
    const leaseMs = this.policy.leaseMs;
    const lock = this.lockHeld(leases);
    const table = this.database.table(EventEntity);
    const held = await this.database.run(
      unitOfWork(function* () {
        const rows = yield lock;
        const ids = rows.map(({ id }) => String(id));
        if (ids.length > 0) {
          const sql = `UPDATE ${table} SET lease_until = ${now} + ? WHERE id IN (${placeholders(ids.length)})`;
          yield { sql, params: [leaseMs, ...ids] };
        }
        return new Set(ids);
      }),
    );
    return leases.filter(({ id }) => !held.has(id));
  }

  /** Records runs and outcomes. Returns the ids of the events whose lease held; nothing is written for the others. */
  async write(writes: readonly LeasedWrite[]): Promise<ReadonlySet<string>> {
    const held = await this.database.run(this.writing(writes));
    this.onDead(
      writes.flatMap(({ lease: { id }, outcome }) =>
        held.has(id) && outcome?.status === 'dead' ? [{ id, error: outcome.error }] : [],
      ),
    );
    return held;
  }

  /** The same as part of an open transaction, which must not commit when the lease is lost. */
  writingOrThrowing(write: LeasedWrite): UnitOfWork<void> {
    const unit = this.writing([write]);
    return unitOfWork(function* () {
      const held = yield* unit.steps();
      if (!held.has(write.lease.id)) {
        throw new LeaseLostError();
      }
    });
  }

  private writing(writes: readonly LeasedWrite[]): UnitOfWork<ReadonlySet<string>> {
    const { database } = this;
    const lock = this.lockHeld(writes.map(({ lease }) => lease));
    return unitOfWork(function* () {
      const rows = yield lock;
      const held = new Set(rows.map(({ id }) => String(id)));
      const allowed = writes.filter(({ lease }) => held.has(lease.id));
      const runs = allowed.flatMap(({ lease, run }) => (run === undefined ? [] : [{ event: lease, run }]));
      if (runs.length > 0) {
        yield runStatement(database, runs);
      }
      yield* outcomeStatements(database, allowed.filter(hasOutcome));
      return held;
    });
  }

  /** Locks the rows of those leases that hold, in one order everywhere, so that two workers cannot wait for each other. */
  private lockHeld(leases: readonly Lease[]): Statement {
    const these = leases.map(() => '(id = ? AND lease_no = ?)').join(' OR ');
    return {
      sql: `SELECT id FROM ${this.database.table(EventEntity)} WHERE status = 'processing' AND (${these}) ORDER BY id ${
        this.database.dialect.lockRows
      }`,
      params: leases.flatMap(({ id, leaseNo }) => [id, leaseNo]),
    };
  }

  private take(rows: {
    pick: string;
    limit: number;
    set: string;
    setParams: readonly unknown[];
    returning: readonly string[];
  }): Promise<Row[]> {
    const table = this.database.table(EventEntity);
    return this.database.run(this.database.dialect.takeRows({ table, pickParams: [], ...rows }));
  }
}

function byDueTime(a: EventEntity, b: EventEntity): number {
  const difference = (a.nextAttemptAt?.getTime() ?? 0) - (b.nextAttemptAt?.getTime() ?? 0);
  return difference === 0 ? (a.id < b.id ? -1 : 1) : difference;
}

function hasOutcome(write: LeasedWrite): write is LeasedWrite & { outcome: EventOutcome } {
  return write.outcome !== undefined;
}
