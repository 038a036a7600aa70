import { UlidFactory } from '../../src/common';
import type { LedgerDatabase } from '../../src/database';
import { EventEntity } from '../../src/events';

const COLUMNS =
  'id, stripe_id, kind, livemode, received_at, status, source, object_id, created_at, next_attempt_at, lane';
const PER_STATEMENT = 1_000;

/**
 * Fills the ledger as it is after a while: most events are settled, one in ten is due, a few of those are replayed, and
 * one object in a hundred has hundreds of events.
 */
export async function manyEvents(database: LedgerDatabase, count: number): Promise<void> {
  const ids = new UlidFactory();
  const start = Date.now() - count * 1_000;
  const row = (index: number): unknown[] => {
    const id = ids.next(start + index * 1_000);
    const due = index % 10 === 0;
    const object = index % 3 === 0 ? `busy_${index % 100}` : `obj_${index}`;
    const status = due ? 'pending' : index % 50 === 1 ? 'dead' : 'succeeded';
    return [id, `evt_${id}`, 'invoice.paid', true, start, status, 'webhook', object, start + index * 1_000, due ? start + index * 1_000 : null, index % 40 === 0 ? 1 : 0]; // prettier-ignore
  };
  for (let first = 0; first < count; first += PER_STATEMENT) {
    const rows = Array.from({ length: Math.min(PER_STATEMENT, count - first) }, (_, index) => row(first + index));
    const values = rows.map(() => '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ');
    await database.query(`INSERT INTO ${database.table(EventEntity)} (${COLUMNS}) VALUES ${values}`, rows.flat());
  }
}
