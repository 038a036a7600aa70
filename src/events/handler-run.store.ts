import { placeholders, toDate, type LedgerDatabase, type Row, type ValueType } from '../database';
import { attemptsOfText, textOfAttempts, type EarlierAttempt } from './earlier-attempt';
import type { RunStatus } from './event-status';
import { HandlerRunEntity } from './handler-run.entity';

/** How an attempt of a handler ended. */
export interface RunRecord {
  readonly handler: string;
  readonly status: RunStatus;
  readonly attempts: number;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly error: string | null;
  /** The attempts before this one. @default none */
  readonly earlier?: readonly EarlierAttempt[];
}

/** What a run is known by. */
export const RUN_KEY = ['event_id', 'replay_no', 'handler'];

/** The columns of a run's row. */
export const RUN_COLUMNS: readonly { readonly name: string; readonly type: ValueType }[] = [
  { name: 'event_id', type: 'text' },
  { name: 'replay_no', type: 'integer' },
  { name: 'handler', type: 'text' },
  { name: 'status', type: 'text' },
  { name: 'attempts', type: 'integer' },
  { name: 'started_at', type: 'bigint' },
  { name: 'finished_at', type: 'bigint' },
  { name: 'duration_ms', type: 'integer' },
  { name: 'error', type: 'text' },
  { name: 'earlier', type: 'text' },
];

/** An event at one of its replays. */
export interface ReplayedEvent {
  readonly id: string;
  readonly replayNo: number;
}

/** Of so many replays, the present one among them, runs are told. */
const REPLAYS_TOLD = 10;

/** Reads the runs of handlers. */
export class HandlerRunStore {
  constructor(private readonly database: LedgerDatabase) {}

  /** The runs of these events that count, by event; one statement for all of them. */
  async runsOf(events: readonly ReplayedEvent[]): Promise<ReadonlyMap<string, HandlerRunEntity[]>> {
    const found = new Map<string, HandlerRunEntity[]>(events.map(({ id }) => [id, []]));
    if (events.length > 0) {
      const replays = new Map(events.map(({ id, replayNo }) => [id, replayNo]));
      const runs = await this.read(
        `event_id IN (${placeholders(events.length)}) ORDER BY event_id, started_at, handler`,
        events.map(({ id }) => id),
      );
      const counting = runs.filter((run) => run.replayNo === replays.get(run.eventId));
      counting.forEach((run) => found.get(run.eventId)?.push(run));
    }
    return found;
  }

  /** The runs of an event that count, behind those of its latest replays before. */
  historyOf({ id, replayNo }: ReplayedEvent): Promise<HandlerRunEntity[]> {
    const where = 'event_id = ? AND replay_no > ? ORDER BY replay_no, started_at, handler';
    return this.read(where, [id, replayNo - REPLAYS_TOLD]);
  }

  private async read(where: string, params: readonly unknown[]): Promise<HandlerRunEntity[]> {
    const columns = RUN_COLUMNS.map(({ name }) => name).join(', ');
    const rows = await this.database.query(
      `SELECT ${columns} FROM ${this.database.table(HandlerRunEntity)} WHERE ${where}`,
      params,
    );
    return rows.map(runFromRow);
  }
}

/** The values of a run's row, in the order of {@link RUN_COLUMNS}. */
export function runValues({ id, replayNo }: ReplayedEvent, run: RunRecord): unknown[] {
  const { handler, status, attempts, startedAtMs, finishedAtMs, error, earlier } = run;
  // The process's clock may have been set meanwhile.
  const durationMs = Math.min(Math.max(0, Math.round(finishedAtMs - startedAtMs)), 2 ** 31 - 1);
  const times = [Math.round(startedAtMs), Math.round(finishedAtMs), durationMs];
  return [id, replayNo, handler, status, attempts, ...times, error, textOfAttempts(earlier)];
}

function runFromRow(row: Row): HandlerRunEntity {
  return Object.assign(new HandlerRunEntity(), {
    eventId: String(row.event_id),
    replayNo: Number(row.replay_no),
    handler: String(row.handler),
    status: row.status as RunStatus,
    attempts: Number(row.attempts),
    startedAt: toDate(row.started_at),
    finishedAt: toDate(row.finished_at),
    durationMs: Number(row.duration_ms),
    error: typeof row.error === 'string' ? row.error : null,
    earlier: attemptsOfText(row.earlier),
  });
}
