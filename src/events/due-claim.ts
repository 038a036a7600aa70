import type { LedgerDatabase } from '../database';
import { EVENT_COLUMNS, eventFromRow } from './event-row';
import { EventEntity } from './event.entity';

/** 0, events as they come in; 1, replayed ones. */
export type Lane = 0 | 1;

/** What a worker got. */
export interface Claimed {
  /** Now the worker's, longest due first. */
  readonly events: readonly EventEntity[];
  /** Whether asking again at once may give more. */
  readonly more: boolean;
}

/** Takes due events of one lane, so that no two workers get the same one. */
export interface DueClaim {
  claim(lane: Lane, limit: number): Promise<Claimed>;
}

/** The part of a statement that picks a lane's due events, in the order of the index that finds them. */
export function dueInLane(lane: Lane, now: string): string {
  return `WHERE status = 'pending' AND lane = ${lane} AND next_attempt_at <= ${now} ORDER BY next_attempt_at, id`;
}

/** Takes whatever is due. */
export class PlainClaim implements DueClaim {
  constructor(
    private readonly database: LedgerDatabase,
    private readonly leaseMs: number,
  ) {}

  async claim(lane: Lane, limit: number): Promise<Claimed> {
    const { dialect } = this.database;
    const rows = await this.database.run(
      dialect.takeRows({
        table: this.database.table(EventEntity),
        pick: dueInLane(lane, dialect.now),
        pickParams: [],
        limit,
        set: `status = 'processing', attempts = attempts + 1, lease_no = lease_no + 1, lease_until = ${dialect.now} + ?, held_since = NULL`,
        setParams: [this.leaseMs],
        returning: EVENT_COLUMNS,
      }),
    );
    // In the order of the pick, which RETURNING does not keep.
    return { events: rows.map(eventFromRow).sort(byDueTime), more: rows.length === limit };
  }
}

/** Longest due first. */
export function byDueTime(a: EventEntity, b: EventEntity): number {
  const difference = (a.nextAttemptAt?.getTime() ?? 0) - (b.nextAttemptAt?.getTime() ?? 0);
  return difference === 0 ? (a.id < b.id ? -1 : 1) : difference;
}
