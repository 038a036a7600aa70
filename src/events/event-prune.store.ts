import { sleep, ulidFloor } from '../common';
import { placeholders, unitOfWork, type LedgerDatabase, type UnitOfWork } from '../database';
import { EventPayloadEntity } from './event-payload.entity';
import { EventTwinEntity } from './event-twin.entity';
import { EventEntity } from './event.entity';
import { HandlerRunEntity } from './handler-run.entity';

/** Most days that can be told to {@link EventPruneStore}: a century. */
export const LONGEST_RETENTION_DAYS = 36_500;

const DAY_MS = 24 * 60 * 60 * 1000;
const MOST_EVENTS_PER_BATCH = 500;
/** Between batches others have their turn: on SQLite the event loop and the one write lock, on servers the disk. */
const PAUSE_MS = 10;

/**
 * Deletes events that are done with, their bodies and the records of their runs.
 *
 * A pass walks the primary key once, from the oldest event to the newest that can be old enough, in windows of 500 rows:
 * ids begin with the time of receiving, so no index is needed for it and no newer event is read. It costs as much as
 * there is to delete, plus a look at each old event that has to stay: dead ones, and those that were replayed lately.
 */
export class EventPruneStore {
  constructor(private readonly database: LedgerDatabase) {}

  /**
   * Deletes what succeeded or was ignored more than `days` days ago, by the database's clock. Never what is pending, in
   * work or dead. Any number of processes may do it at the same time.
   *
   * @param signal stops it before the next batch; what was deleted until then stays deleted
   * @returns how many events were deleted
   */
  async prune(days: number, signal?: AbortSignal): Promise<number> {
    const cutoffMs = (await this.databaseNowMs()) - days * DAY_MS;
    let pruned = 0;
    for (let after = ''; signal?.aborted !== true;) {
      const last = await this.endOfWindow(after, ulidFloor(cutoffMs));
      if (last === null) {
        break;
      }
      pruned += await this.database.run(this.batch({ after, last, cutoffMs }));
      after = last;
      await sleep(PAUSE_MS, signal);
    }
    return pruned;
  }

  private async databaseNowMs(): Promise<number> {
    const [row] = await this.database.query(`SELECT ${this.database.dialect.now} AS now_ms`);
    return Number(row?.now_ms);
  }

  /** The id of the window's last row, or null when there is none left. Bounds what a batch reads, not only what it deletes. */
  private async endOfWindow(after: string, before: string): Promise<string | null> {
    const window = `SELECT id FROM ${this.database.table(EventEntity)} WHERE id > ? AND id < ?
 ORDER BY id LIMIT ${MOST_EVENTS_PER_BATCH}`;
    const [row] = await this.database.query(`SELECT MAX(id) AS last FROM (${window}) AS event_window`, [after, before]);
    return typeof row?.last === 'string' ? row.last : null;
  }

  /** Rows that another process prunes, or replays, at this moment are passed over: nobody waits, so nobody deadlocks. */
  private batch({ after, last, cutoffMs }: { after: string; last: string; cutoffMs: number }): UnitOfWork<number> {
    const { dialect } = this.database;
    const events = this.database.table(EventEntity);
    const parts = [EventPayloadEntity, HandlerRunEntity, EventTwinEntity].map((entity) => this.database.table(entity));
    const pick = `SELECT id FROM ${events} WHERE id > ? AND id <= ? AND status IN ('succeeded', 'ignored')
 AND processed_at < ? ORDER BY id ${dialect.lockFreeRows}`;
    return unitOfWork(function* () {
      const ids = (yield { sql: pick, params: [after, last, cutoffMs] }).map(({ id }) => id);
      if (ids.length > 0) {
        const these = `IN (${placeholders(ids.length)})`;
        for (const table of parts) {
          yield { sql: `DELETE FROM ${table} WHERE event_id ${these}`, params: ids };
        }
        yield { sql: `DELETE FROM ${events} WHERE id ${these}`, params: ids };
      }
      return ids.length;
    });
  }
}
