import { placeholders, unitOfWork, type LedgerDatabase, type UnitOfWork } from '../database';
import { eventConditions } from './event-conditions';
import { EventEntity } from './event.entity';
import type { EventReplayFilter } from './event.filter';
import { HandlerRunEntity } from './handler-run.entity';
import { eachByItself, inSteps, type Steps } from './in-steps';

/** More events than this are replayed in several statements, so that no lock is held for minutes. */
const MOST_EVENTS_PER_STATEMENT = 100_000;
/** MySQL and SQLite bound the number of parameters. */
const MOST_EVENTS_WITH_CHOSEN_HANDLERS = 1_000;

interface ReplayedRows {
  readonly condition: string;
  readonly params: readonly unknown[];
  readonly limit: number;
  readonly set: string;
}

/** Makes events due again, behind those that come in. */
export class EventReplayStore {
  constructor(private readonly database: LedgerDatabase) {}

  /** Replays one event, unless a worker has it at this moment. Returns whether it was replayed. */
  async replayOne(id: string, handlers?: readonly string[]): Promise<boolean> {
    const unit = this.replay({ condition: 'id = ?', params: [id], limit: 1 }, handlers);
    return (await this.database.run(unit)).length === 1;
  }

  /**
   * Replays what the filter lets through, oldest first: one statement for ten thousand events or more. Events that were
   * ignored are meant only by a filter that says so, those of the other mode or of another API version only by one that
   * names the mode or the version as well, and discarded ones by none.
   * Events that somebody else changes at this very moment are passed over, those in work always.
   *
   * @throws {InvalidRequestError} when the limit or a moment cannot be used
   */
  async replayMany(filter: EventReplayFilter, handlers?: readonly string[]): Promise<number> {
    return eachByItself(this.database, this.parts(filter, handlers));
  }

  /** The same as a part of another unit: either both happen, or neither. */
  replaying(filter: EventReplayFilter, handlers?: readonly string[]): UnitOfWork<number> {
    const begin = (): Steps => this.parts(filter, handlers);
    return unitOfWork(function* () {
      const parts = begin();
      let part = parts.next();
      while (part.done !== true) {
        part = parts.next(yield* part.value.steps());
      }
      return part.value;
    });
  }

  private parts(filter: EventReplayFilter, handlers?: readonly string[]): Steps {
    const { sql, params } = eventConditions(filter, this.database.dialect);
    const condition = `${sql} AND ${meantBy(filter)} AND id > ?`;
    const ofStatement = handlers === undefined ? MOST_EVENTS_PER_STATEMENT : MOST_EVENTS_WITH_CHOSEN_HANDLERS;
    const most = Math.min(ofStatement, this.database.dialect.maxTakenRows);
    return inSteps({
      most,
      limit: filter.limit,
      take: (limit, after) => this.replay({ condition, params: [...params, after], limit }, handlers),
    });
  }

  private replay(rows: Omit<ReplayedRows, 'set'>, handlers?: readonly string[]): UnitOfWork<string[]> {
    return handlers === undefined ? this.replayAllHandlers(rows) : this.replayChosen(rows, handlers);
  }

  /** Runs of before stay as they are: with a new number of the replay they count no more. */
  private replayAllHandlers(rows: Omit<ReplayedRows, 'set'>): UnitOfWork<string[]> {
    const take = this.taking({ ...rows, set: ', replay_no = replay_no + 1' });
    const { single } = take;
    return {
      single,
      *steps() {
        return (yield* take.steps()).map(({ id }) => String(id));
      },
    };
  }

  /** The other handlers' successes still count, so the chosen ones' runs have to go. */
  private replayChosen(rows: Omit<ReplayedRows, 'set'>, handlers: readonly string[]): UnitOfWork<string[]> {
    const take = this.taking({ ...rows, set: '' });
    const [events, runs] = [this.database.table(EventEntity), this.database.table(HandlerRunEntity)];
    return unitOfWork(function* () {
      const ids = (yield* take.steps()).map(({ id }) => String(id));
      if (ids.length > 0) {
        const sql = `DELETE FROM ${runs} WHERE event_id IN (${placeholders(ids.length)})
 AND handler IN (${placeholders(handlers.length)})
 AND replay_no = (SELECT replay_no FROM ${events} AS replayed WHERE replayed.id = event_id)`;
        yield { sql, params: [...ids, ...handlers] };
      }
      return ids;
    });
  }

  private taking({ condition, params, limit, set }: ReplayedRows) {
    const { dialect } = this.database;
    const { now } = dialect;
    return dialect.takeRows({
      table: this.database.table(EventEntity),
      pick: `WHERE ${condition} AND status <> 'processing' ORDER BY id`,
      pickParams: params,
      limit,
      // An event that is waiting keeps its place before the replayed ones. MySQL reads columns that were set before with
      // their new values, so the status comes last. A higher number of the lease fences off a worker of before.
      set: `lane = CASE WHEN status = 'pending' THEN lane ELSE 1 END,
 next_attempt_at = CASE WHEN status = 'pending' AND next_attempt_at < ${now} THEN next_attempt_at ELSE ${now} END,
 status = 'pending', attempts = 0, lost = 0, lease_no = lease_no + 1,
 held_since = NULL, processed_at = NULL, ignored_reason = NULL, last_error = NULL${set}`,
      setParams: [],
      returning: ['id'],
    });
  }
}

/**
 * Test events that reach a live application are ignored; "all that was ignored" must not hand them to its handlers. Nor
 * events in an API version that it does not take, and nothing but its id what somebody has discarded.
 */
function meantBy({ status, livemode, apiVersion }: EventReplayFilter): string {
  if (status === undefined) {
    return "status <> 'ignored'";
  }
  if (status !== 'ignored') {
    return '1 = 1';
  }
  const left = [
    "'discarded'",
    ...(livemode === undefined ? ["'livemode'"] : []),
    ...(apiVersion === undefined ? ["'api-version'"] : []),
  ];
  return `(ignored_reason IS NULL OR ignored_reason NOT IN (${left.join(', ')}))`;
}
