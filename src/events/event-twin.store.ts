import type { LedgerDatabase } from '../database';
import type { EventEntity } from './event.entity';
import { EventTwinEntity } from './event-twin.entity';

/** An event, and the snapshot event that it is, or that tells of the same fact. */
export interface TwinClaim {
  readonly event: EventEntity;
  readonly snapshotId: string;
  /** The type of the snapshot event. */
  readonly kind: string;
}

const COLUMNS = ['endpoint', 'snapshot_id', 'kind', 'event_id'] as const;
const KEY = ['endpoint', 'snapshot_id', 'kind'] as const;

/** Keeps which of the events that tell of one fact is handled. */
export class EventTwinStore {
  constructor(private readonly database: LedgerDatabase) {}

  /**
   * Claims the fact of each event for it, for good: the first to ask has it, whichever process that is in, and has it
   * again when its worker vanished. Two statements, however many events there are.
   *
   * @returns the events whose fact another event has
   */
  async claim(claims: readonly TwinClaim[]): Promise<ReadonlySet<EventEntity>> {
    if (claims.length === 0) {
      return new Set();
    }
    // Two statements that insert the same keys in different orders would wait for each other.
    const ordered = [...claims].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    const table = this.database.table(EventTwinEntity);
    const from = `VALUES ${ordered.map(() => '(?, ?, ?, ?)').join(', ')}`;
    const sql = this.database.dialect.upsert({ table, columns: COLUMNS, from, key: KEY, update: [] });
    await this.database.query(sql, ordered.flatMap(valuesOf));
    const owners = await this.ownersOf(ordered);
    return new Set(claims.filter((claim) => owners.get(keyOf(claim)) !== claim.event.id).map(({ event }) => event));
  }

  private async ownersOf(claims: readonly TwinClaim[]): Promise<ReadonlyMap<string, unknown>> {
    const these = claims.map(() => `(${KEY.map((column) => `${column} = ?`).join(' AND ')})`).join(' OR ');
    const rows = await this.database.query(
      `SELECT ${COLUMNS.join(', ')} FROM ${this.database.table(EventTwinEntity)} WHERE ${these}`,
      claims.flatMap((claim) => valuesOf(claim).slice(0, KEY.length)),
    );
    return new Map(rows.map((row) => [JSON.stringify(KEY.map((column) => row[column])), row.event_id]));
  }
}

function valuesOf({ event, snapshotId, kind }: TwinClaim): [string, string, string, string] {
  return [event.endpoint, snapshotId, kind, event.id];
}

function keyOf(claim: TwinClaim): string {
  return JSON.stringify(valuesOf(claim).slice(0, KEY.length));
}
