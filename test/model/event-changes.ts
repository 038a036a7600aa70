import type { Actor } from './simulated-ledger';
import type { EventRow } from './snapshot';

/** Whether nothing is left to do. */
export function isSettled({ status }: EventRow): boolean {
  return status !== 'pending' && status !== 'processing';
}

/** What the change of an event's row is, in words. */
export function nameOfChange({ role }: Actor, before: EventRow, after: EventRow): string {
  if (role === 'replay') {
    return `a ${before.status} event is replayed`;
  }
  if (before.status === 'pending') {
    const waits = after.held_since === null || before.held_since !== null;
    return after.status === 'processing'
      ? 'an event is claimed'
      : waits
        ? 'a held event is called'
        : 'an event is held';
  }
  if (after.status === 'processing') {
    return 'a lease is renewed';
  }
  return after.lost > before.lost ? `a lost event becomes ${after.status}` : `an event becomes ${after.status}`;
}

/** What is different, column by column. */
export function differences(before: EventRow, after: EventRow): string {
  const old = new Map<string, unknown>(Object.entries(before));
  return Object.entries(after)
    .filter(([column, value]) => old.get(column) !== value)
    .map(([column, value]) => `${column} ${String(old.get(column))} -> ${String(value)}`)
    .join(', ');
}

/** What is wrong with a row, whoever wrote it. */
export function problemsOfRow(row: EventRow): string[] {
  const held = row.status === 'processing';
  const settled = isSettled(row);
  const rules: [boolean, string][] = [
    [held === (row.lease_until !== null), `lease_until ${row.lease_until}`],
    [held || settled === (row.processed_at !== null), `processed_at ${row.processed_at}`],
    [held || settled === (row.next_attempt_at === null), `next_attempt_at ${row.next_attempt_at}`],
    [held || row.order_lock === null, 'a lock on its object'],
  ];
  return rules.flatMap(([holds, what]) => (holds ? [] : [`event ${row.id} is ${row.status} with ${what}`]));
}
