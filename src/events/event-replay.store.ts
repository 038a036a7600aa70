import { placeholders, unitOfWork, type LedgerDatabase, type UnitOfWork } from '../database';
import { eventConditions } from './event-conditions';
import { EventEntity } from './event.entity';
import type { EventReplayFilter } from './event.filter';
import { HandlerRunEntity } from './handler-run.entity';

const BATCH = 1_000;

/** Makes events due again. */
export class EventReplayStore {
  constructor(private readonly database: LedgerDatabase) {}

  /** Replays one event, unless a worker has it at this moment. Returns whether it was replayed. */
  async replayOne(id: string, handlers?: readonly string[]): Promise<boolean> {
    const ids = await this.replayBatch({ condition: 'id = ?', params: [id], limit: 1, handlers });
    return ids.length === 1;
  }

  /**
   * Replays what the filter lets through, in short transactions of their own, oldest first. Events that were ignored are
   * meant only by a filter that says so.
   */
  async replayMany(filter: EventReplayFilter, handlers?: readonly string[]): Promise<number> {
    const { sql, params } = eventConditions(filter);
    const condition = filter.status === undefined ? `${sql} AND status <> 'ignored'` : sql;
    let left = filter.limit ?? Number.POSITIVE_INFINITY;
    let replayed = 0;
    let last = '';
    for (;;) {
      const limit = Math.min(BATCH, left);
      const ids = await this.replayBatch({
        condition: `(${condition}) AND id > ?`,
        params: [...params, last],
        limit,
        handlers,
      });
      replayed += ids.length;
      left -= ids.length;
      last = ids.reduce((a, b) => (a > b ? a : b), last);
      if (ids.length < limit || left === 0) {
        return replayed;
      }
    }
  }

  private replayBatch(batch: {
    condition: string;
    params: readonly unknown[];
    limit: number;
    handlers: readonly string[] | undefined;
  }): Promise<string[]> {
    const { dialect } = this.database;
    const take = dialect.takeRows({
      table: this.database.table(EventEntity),
      pick: `WHERE ${batch.condition} AND status <> 'processing' ORDER BY id`,
      pickParams: batch.params,
      limit: batch.limit,
      // A higher number of the lease fences off a worker that held the event before.
      set: `status = 'pending', attempts = 0, lost = 0, lease_no = lease_no + 1, next_attempt_at = ${dialect.now},
 processed_at = NULL, ignored_reason = NULL, last_error = NULL`,
      setParams: [],
      returning: ['id'],
    });
    return this.database.run(this.withRunsCleared(take, batch.handlers));
  }

  private withRunsCleared(
    take: UnitOfWork<Record<string, unknown>[]>,
    handlers: readonly string[] | undefined,
  ): UnitOfWork<string[]> {
    const table = this.database.table(HandlerRunEntity);
    return unitOfWork(function* () {
      const ids = (yield* take.steps()).map(({ id }) => String(id));
      if (ids.length > 0) {
        const chosen = handlers === undefined ? '' : ` AND handler IN (${placeholders(handlers.length)})`;
        const sql = `DELETE FROM ${table} WHERE event_id IN (${placeholders(ids.length)})${chosen}`;
        yield { sql, params: [...ids, ...(handlers ?? [])] };
      }
      return ids;
    });
  }
}
