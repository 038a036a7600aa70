import type { LedgerDatabase, UnitOfWork } from '../database';
import { eventConditions } from './event-conditions';
import { EventEntity } from './event.entity';
import type { EventDiscardFilter } from './event.filter';
import { eachByItself, inSteps } from './in-steps';

/** More events than this are discarded in several statements, so that no lock is held for minutes. */
const MOST_EVENTS_PER_STATEMENT = 10_000;

/** Takes dead letters for done: they are ignored from then on, and deleted when their time has come. */
export class EventDiscardStore {
  constructor(private readonly database: LedgerDatabase) {}

  /** Discards one event if it is a dead letter. Returns whether it was. */
  async discardOne(id: string): Promise<boolean> {
    return (await this.database.run(this.discarding('id = ?', [id], 1))).length === 1;
  }

  /**
   * Discards the dead letters that the filter lets through, oldest first.
   *
   * @throws {InvalidRequestError} when the limit or a moment cannot be used
   */
  async discardMany(filter: EventDiscardFilter): Promise<number> {
    const { sql, params } = eventConditions(filter, this.database.dialect);
    const steps = inSteps({
      most: MOST_EVENTS_PER_STATEMENT,
      limit: filter.limit,
      take: (limit, after) => this.discarding(`${sql} AND id > ?`, [...params, after], limit),
    });
    return eachByItself(this.database, steps);
  }

  /** The error stays: it says what was discarded. */
  private discarding(condition: string, params: readonly unknown[], limit: number): UnitOfWork<string[]> {
    const { dialect } = this.database;
    const take = dialect.takeRows({
      table: this.database.table(EventEntity),
      pick: `WHERE ${condition} AND status = 'dead' ORDER BY id`,
      pickParams: params,
      limit,
      set: `status = 'ignored', ignored_reason = 'discarded', processed_at = ${dialect.now}`,
      setParams: [],
      returning: ['id'],
    });
    return {
      single: take.single,
      *steps() {
        return (yield* take.steps()).map(({ id }) => String(id));
      },
    };
  }
}
