import { sleep } from '../common';
import { placeholders, unitOfWork, type LedgerDatabase, type Row, type Statement, type UnitOfWork } from '../database';
import { dueInLane, type Claimed, type DueClaim, type Lane } from './due-claim';
import { EVENT_COLUMNS, eventFromRow } from './event-row';
import { EventEntity } from './event.entity';
import { orderLockOf, turnsOf, type Turn } from './object-order';
import { lockHeads } from './siblings';

/** How long events are held. */
export interface OrderedClaimPolicy {
  readonly leaseMs: number;
  readonly patienceMs: number;
}

/** When most of what was looked at had to wait, more is looked at the next time: the others must be found behind it. */
const MOST_CANDIDATES = 100;
/** When to look again at an event that another worker's open transaction has to do with, in milliseconds. */
const LOOK_AGAIN_MS = 100;
/** When to look again at an event that was patient enough, but whose object is in work, in milliseconds at least. */
const LEAST_HOLD_MS = 1_000;
const MOST_TRIES = 4;

/**
 * Takes due events so that two of one object are never in work together, and an earlier one that waits for its retry
 * holds back the later ones, each for a while at most.
 *
 * An event that has to wait is put off until its patience ends, and is not looked at again before: whoever releases an
 * event of its object makes the next one due, in the same transaction. No such call is lost, since what stands in the
 * way is locked before anybody is put off for it, so that its release comes later and sees who waits. Nothing here
 * waits for a lock, so that no two workers can wait for each other.
 */
export class OrderedClaim implements DueClaim {
  private crowded = false;

  constructor(
    private readonly database: LedgerDatabase,
    private readonly policy: OrderedClaimPolicy,
  ) {}

  async claim(lane: Lane, limit: number): Promise<Claimed> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.database.run(this.claiming(lane, limit));
      } catch (error) {
        // Another worker took an event of the same object at the same moment: the unique index lets one of us.
        if (attempt === MOST_TRIES || !this.database.dialect.isDuplicate(error)) {
          throw error;
        }
        await this.freeAbandonedLocks();
        await sleep(Math.random() * 20 * attempt);
      }
    }
  }

  private claiming(lane: Lane, limit: number): UnitOfWork<Claimed> {
    const most = this.crowded ? Math.max(limit, MOST_CANDIDATES) : limit;
    const steps = function* (this: OrderedClaim): Generator<Statement, Claimed, Row[]> {
      const picked = yield this.pick(lane, most);
      const nowMs = Number(picked[0]?.db_now);
      const candidates = picked.map(candidateFromRow);
      const turns = yield* this.turns(candidates, nowMs);
      const withTurn = (turn: Turn): EventEntity[] => candidates.filter((event) => turns.get(event) === turn);
      const events = withTurn('run').slice(0, limit);
      yield* this.take(events, nowMs);
      yield* this.putOff(withTurn('hold'), this.policy.patienceMs, Math.max(this.policy.patienceMs, LEAST_HOLD_MS));
      yield* this.putOff(withTurn('look-again'), 0, LOOK_AGAIN_MS);
      this.crowded = events.length < candidates.length / 2;
      return { events, more: picked.length === most };
    };
    return unitOfWork(steps.bind(this));
  }

  private pick(lane: Lane, limit: number): Statement {
    const { now, lockFreeRows } = this.database.dialect;
    const sql = `SELECT ${EVENT_COLUMNS.join(', ')}, ${now} AS db_now FROM ${this.database.table(EventEntity)}
 ${dueInLane(lane, now)} LIMIT ${limit} ${lockFreeRows}`;
    return { sql, params: [] };
  }

  private *turns(
    candidates: readonly EventEntity[],
    nowMs: number,
  ): Generator<Statement, ReadonlyMap<EventEntity, Turn>, Row[]> {
    const ordered = candidates.filter(({ orderLock }) => orderLock !== null);
    const facts = ordered.length === 0 ? NOBODY : yield* lockHeads(this.database, ordered);
    const turns = turnsOf(ordered, { ...facts, nowMs, patienceMs: this.policy.patienceMs });
    // An event about no object waits for nobody.
    return new Map(candidates.map((event) => [event, turns.get(event) ?? 'run']));
  }

  private *take(events: readonly EventEntity[], nowMs: number): Generator<Statement, void, Row[]> {
    if (events.length === 0) {
      return;
    }
    const leaseUntil = nowMs + this.policy.leaseMs;
    const locks = events.map(() => 'WHEN ? THEN ?').join(' ');
    const sql = `UPDATE ${this.database.table(EventEntity)} SET status = 'processing', attempts = attempts + 1, lease_no = lease_no + 1,
 lease_until = ?, held_since = NULL, order_lock = CASE id ${locks} END WHERE id IN (${placeholders(events.length)})`;
    const ids = events.map(({ id }) => id);
    yield { sql, params: [leaseUntil, ...events.flatMap(({ id, orderLock }) => [id, orderLock]), ...ids] };
    for (const event of events) {
      event.status = 'processing';
      event.attempts += 1;
      event.leaseNo += 1;
      event.leaseUntil = new Date(leaseUntil);
      event.heldSince = null;
    }
  }

  /**
   * @param patienceMs how long the event waits from when it began to
   * @param leastMs when to look again at one that has waited as long already
   */
  private *putOff(
    events: readonly EventEntity[],
    patienceMs: number,
    leastMs: number,
  ): Generator<Statement, void, Row[]> {
    if (events.length === 0) {
      return;
    }
    const { now } = this.database.dialect;
    const since = `COALESCE(held_since, ${now})`;
    // MySQL reads a column that was set before with its new value, so `held_since` comes last.
    const sql = `UPDATE ${this.database.table(EventEntity)} SET next_attempt_at = CASE WHEN ${since} + ? > ${now} THEN ${since} + ? ELSE ${now} + ? END,
 held_since = ${since} WHERE id IN (${placeholders(events.length)})`;
    yield { sql, params: [patienceMs, patienceMs, leastMs, ...events.map(({ id }) => id)] };
  }

  /** A row that was changed by hand while a worker had it would keep its object from everybody. */
  private async freeAbandonedLocks(): Promise<void> {
    await this.database.query(
      `UPDATE ${this.database.table(EventEntity)} SET order_lock = NULL WHERE order_lock IS NOT NULL AND status <> 'processing'`,
    );
  }
}

const NOBODY = { heads: new Map<string, string[]>(), known: new Map<string, EventEntity>() };

function candidateFromRow(row: Row): EventEntity {
  const event = eventFromRow(row);
  return Object.assign(event, { orderLock: orderLockOf(event) });
}
