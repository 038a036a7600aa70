import { unitOfWork, type LedgerDatabase, type Row, type UnitOfWork } from '../database';
import { EventEntity } from './event.entity';

/** What is said of an event whose worker vanished. */
export const LOST_MESSAGE =
  'The worker that held the event vanished: its process ended, or was silent for longer than its lease.';

/** An event that takes its worker down this often is dead: the next one would go down as well. */
const MOST_LOST_WORKERS = 5;
/** How far apart events are set that were there twice when a worker vanished; the double after each further time. */
const SPREAD_MS = 10_000;

/** An event whose worker vanished, as it is now. */
export interface ReapedEvent {
  readonly id: string;
  readonly stripeId: string;
  readonly kind: string;
  readonly endpoint: string;
  readonly status: string;
  readonly leaseNo: number;
  readonly lost: number;
}

/**
 * Makes events due whose leases have ended, or dead.
 *
 * One event may have taken down the worker of many: those that were there more than once are due at different times,
 * so that next time the guilty one goes down without the others.
 */
export function reaping(database: LedgerDatabase, limit: number): UnitOfWork<readonly ReapedEvent[]> {
  const { dialect } = database;
  const { now } = dialect;
  const table = database.table(EventEntity);
  const hopeless = `lost + 1 >= ${MOST_LOST_WORKERS}`;
  const taking = dialect.takeRows({
    table,
    pick: `WHERE status = 'processing' AND lease_until < ${now} ORDER BY lease_until`,
    pickParams: [],
    limit,
    // MySQL reads columns that were set before with their new values: status and times come before what they read.
    set: `status = CASE WHEN ${hopeless} THEN 'dead' ELSE 'pending' END,
 processed_at = CASE WHEN ${hopeless} THEN ${now} ELSE NULL END,
 next_attempt_at = CASE WHEN ${hopeless} THEN NULL ELSE ${now} END,
 lease_until = NULL, order_lock = NULL, last_error = ?, lost = lost + 1`,
    setParams: [LOST_MESSAGE],
    returning: ['id', 'stripe_id', 'kind', 'endpoint', 'status', 'lease_no', 'lost'],
  });
  return unitOfWork(function* () {
    const events = (yield* taking.steps()).map(reapedFromRow);
    const suspects = events.filter(({ status, lost }) => status === 'pending' && lost > 1);
    if (suspects.length > 0) {
      yield* dialect
        .changeGuarded({
          table,
          condition: "status = 'pending'",
          versionColumn: 'lease_no',
          rows: suspects.map((event) => ({ ...guardOf(event), values: [spreadMs(event)] })),
          changes: [{ sql: `next_attempt_at = ${now} + ?`, type: 'bigint' }],
        })
        .steps();
    }
    return events;
  });
}

function guardOf({ id, leaseNo }: ReapedEvent) {
  return { id, version: leaseNo, children: [] };
}

function spreadMs({ lost }: ReapedEvent): number {
  return Math.floor(Math.random() * SPREAD_MS * 2 ** (lost - 2));
}

function reapedFromRow(row: Row): ReapedEvent {
  return {
    id: String(row.id),
    stripeId: String(row.stripe_id),
    kind: String(row.kind),
    endpoint: String(row.endpoint),
    status: String(row.status),
    leaseNo: Number(row.lease_no),
    lost: Number(row.lost),
  };
}
