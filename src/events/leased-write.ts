import { placeholders, type LedgerDatabase, type Row, type Statement } from '../database';
import type { IgnoredReason } from './event-status';
import { EventEntity } from './event.entity';
import type { RunRecord } from './handler-run.store';
import type { Lease } from './lease.store';

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

interface Change {
  readonly set: string;
  readonly params: readonly unknown[];
}

/** One statement for all events that end alike. */
export function* outcomeStatements(
  database: LedgerDatabase,
  writes: readonly (LeasedWrite & { readonly outcome: EventOutcome })[],
): Generator<Statement, void, Row[]> {
  const { now } = database.dialect;
  const alike = new Map<string, { change: Change; ids: string[] }>();
  for (const { lease, outcome } of writes) {
    const change = changeOf(outcome, now);
    const key = JSON.stringify(change);
    const group = alike.get(key) ?? { change, ids: [] };
    alike.set(key, group);
    group.ids.push(lease.id);
  }
  for (const { change, ids } of alike.values()) {
    const sql = `UPDATE ${database.table(EventEntity)} SET ${change.set}, lease_until = NULL WHERE id IN (${placeholders(ids.length)})`;
    yield { sql, params: [...change.params, ...ids] };
  }
}

function changeOf(outcome: EventOutcome, now: string): Change {
  const settled = `processed_at = ${now}, next_attempt_at = NULL`;
  switch (outcome.status) {
    case 'succeeded':
      return { set: `status = 'succeeded', ${settled}, last_error = NULL`, params: [] };
    case 'ignored':
      return { set: `status = 'ignored', ${settled}, ignored_reason = ?`, params: [outcome.reason] };
    case 'dead':
      return { set: `status = 'dead', ${settled}, last_error = ?`, params: [outcome.error] };
    case 'pending':
      return dueAgain(outcome, now);
  }
}

function dueAgain({ delayMs, error, counts }: EventOutcome & { status: 'pending' }, now: string): Change {
  const set = `status = 'pending', next_attempt_at = ${now} + ?, attempts = attempts - ?`;
  const params = [delayMs, counts ? 0 : 1];
  return error === null ? { set, params } : { set: `${set}, last_error = ?`, params: [...params, error] };
}
