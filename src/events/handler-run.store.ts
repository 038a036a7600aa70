import { placeholders, toDate, type LedgerDatabase, type Row, type Statement } from '../database';
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
}

const COLUMNS = ['event_id', 'handler', 'status', 'attempts', 'started_at', 'finished_at', 'duration_ms', 'error'];
const KEY = ['event_id', 'handler'];

/** Reads the runs of handlers. */
export class HandlerRunStore {
  constructor(private readonly database: LedgerDatabase) {}

  /** The runs of these events, by event; one statement for all of them. */
  async runsOf(eventIds: readonly string[]): Promise<ReadonlyMap<string, HandlerRunEntity[]>> {
    const found = new Map<string, HandlerRunEntity[]>(eventIds.map((id) => [id, []]));
    if (eventIds.length > 0) {
      const rows = await this.database.query(
        `SELECT ${COLUMNS.join(', ')} FROM ${this.database.table(HandlerRunEntity)}
 WHERE event_id IN (${placeholders(eventIds.length)}) ORDER BY event_id, started_at, handler`,
        eventIds,
      );
      rows.map(runFromRow).forEach((run) => found.get(run.eventId)?.push(run));
    }
    return found;
  }
}

/** Keeps the latest attempt of each of these handlers. */
export function runStatement(
  database: LedgerDatabase,
  runs: readonly { readonly eventId: string; readonly run: RunRecord }[],
): Statement {
  const row = `(${placeholders(COLUMNS.length)})`;
  const sql = database.dialect.upsert({
    table: database.table(HandlerRunEntity),
    columns: COLUMNS,
    from: `VALUES ${runs.map(() => row).join(', ')}`,
    key: KEY,
    update: COLUMNS.filter((column) => !KEY.includes(column)),
  });
  return { sql, params: runs.flatMap(({ eventId, run }) => valuesOf(eventId, run)) };
}

function valuesOf(eventId: string, run: RunRecord): unknown[] {
  const { handler, status, attempts, startedAtMs, finishedAtMs, error } = run;
  const durationMs = Math.max(0, Math.round(finishedAtMs - startedAtMs));
  return [eventId, handler, status, attempts, Math.round(startedAtMs), Math.round(finishedAtMs), durationMs, error];
}

function runFromRow(row: Row): HandlerRunEntity {
  return Object.assign(new HandlerRunEntity(), {
    eventId: String(row.event_id),
    handler: String(row.handler),
    status: row.status as RunStatus,
    attempts: Number(row.attempts),
    startedAt: toDate(row.started_at),
    finishedAt: toDate(row.finished_at),
    durationMs: Number(row.duration_ms),
    error: typeof row.error === 'string' ? row.error : null,
  });
}
