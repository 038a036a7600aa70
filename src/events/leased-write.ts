import type { GuardedRow, ValueType } from '../database';
import type { IgnoredReason } from './event-status';
import { runValues, type RunRecord } from './handler-run.store';
import type { Lease } from './lease';

/** What becomes of an event that a worker is done with. */
export type EventOutcome =
  | { readonly status: 'succeeded' }
  | { readonly status: 'ignored'; readonly reason: IgnoredReason }
  | { readonly status: 'dead'; readonly error: string }
  | {
      readonly status: 'pending';
      /** When the event is due again, from now. */
      readonly delayMs: number;
      readonly error: string | null;
      /** False when this attempt is not to count: a shutdown, or a handler that asked for a delay. */
      readonly counts: boolean;
    };

/** Something a worker has to say about an event it holds. */
export interface LeasedWrite {
  readonly lease: Lease;
  readonly run?: RunRecord;
  readonly outcome?: EventOutcome;
}

/** What an outcome changes in the event's row; the values are those of {@link outcomeValues}. */
export function outcomeChanges(now: string): readonly { readonly sql: string; readonly type: ValueType }[] {
  return [
    { sql: 'lease_until = NULL, order_lock = NULL, status = ?', type: 'text' },
    { sql: 'ignored_reason = ?', type: 'text' },
    // Times are counted from the database's now; nothing makes nothing.
    { sql: `processed_at = ${now} + ?`, type: 'bigint' },
    { sql: `next_attempt_at = ${now} + ?`, type: 'bigint' },
    { sql: 'attempts = attempts - ?', type: 'integer' },
    // An empty text takes the old one away, nothing leaves it.
    { sql: "last_error = NULLIF(COALESCE(?, last_error), '')", type: 'text' },
  ];
}

/** The row of the event, as the database is told of it. */
export function guardedRow({ lease, run, outcome }: LeasedWrite): GuardedRow {
  return {
    id: lease.id,
    version: lease.leaseNo,
    values: outcome === undefined ? null : outcomeValues(outcome),
    children: run === undefined ? [] : [runValues(lease, run)],
  };
}

function outcomeValues(outcome: EventOutcome): unknown[] {
  const { status } = outcome;
  switch (status) {
    case 'succeeded':
      return [status, null, 0, null, 0, ''];
    case 'ignored':
      return [status, outcome.reason, 0, null, 0, null];
    case 'dead':
      return [status, null, 0, null, 0, outcome.error];
    case 'pending':
      return [status, null, null, outcome.delayMs, outcome.counts ? 0 : 1, outcome.error];
  }
}
