import { ulidFloor } from '../common';
import type { LedgerDatabase, Row } from '../database';
import { InvalidRequestError } from '../errors';
import type { EventStats, HandlerStats, KindCount, StatusCounts, TimeBucket } from './event-stats';
import { EVENT_STATUSES, type EventStatus } from './event-status';
import { EventEntity } from './event.entity';
import { HandlerRunEntity } from './handler-run.entity';
import { percentile } from './percentile';
import { bucketLength, emptyBuckets, noCounts } from './time-buckets';

const SHORTEST_WINDOW_MS = 60_000;
const LONGEST_WINDOW_MS = 90 * 24 * 60 * 60_000;
const MOST_KINDS = 50;
/** A busier window is counted from its end, as far as this many events go. */
const MOST_EVENTS = 50_000;
const MOST_RUNS = 50_000;
/** Durations are of the latest runs only: a percentile needs them all in memory, and so many say enough. */
const MOST_DURATIONS = 5_000;

/** What is counted, and from where. */
export interface StatsLimits {
  readonly events: number;
  readonly runs: number;
}

interface Window {
  readonly fromMs: number;
  readonly toMs: number;
  /** The row id behind which events are counted. */
  readonly afterId: string;
  readonly complete: boolean;
}

interface Counts {
  readonly overTime: TimeBucket[];
  readonly byKind: KindCount[];
}

/**
 * Counts what the ledger received and how handlers did.
 *
 * Five statements, two at a time at most, whose rows are few whatever is stored. Each event of the window is read once, up
 * to a bound, so the cost stops growing there; no statement reads events from before it.
 */
export class EventStatsQuery {
  constructor(
    private readonly database: LedgerDatabase,
    private readonly most: StatsLimits = { events: MOST_EVENTS, runs: MOST_RUNS },
  ) {}

  /**
   * @param windowMs how far to look back, 1 minute to 90 days
   * @param nowMs where the window ends, in epoch milliseconds; the database's time where it is not given
   * @throws {InvalidRequestError} when the window is too short or too long
   */
  async stats(windowMs: number, nowMs?: number): Promise<EventStats> {
    if (!(windowMs >= SHORTEST_WINDOW_MS && windowMs <= LONGEST_WINDOW_MS)) {
      throw new InvalidRequestError(['window must be from 1 minute to 90 days']);
    }
    const { dueSinceMs, databaseNowMs } = await this.oldestDue();
    const toMs = nowMs ?? databaseNowMs;
    const window = await this.counted(toMs - windowMs, toMs);
    const bucketMs = bucketLength(toMs - window.fromMs);
    const [{ overTime, byKind }, handlers] = await Promise.all([this.counts(window, bucketMs), this.handlers(window)]);
    const byStatus = totals(overTime);
    return {
      from: new Date(window.fromMs),
      to: new Date(toMs),
      complete: window.complete,
      byStatus,
      byKind,
      otherKinds: Math.max(0, sum(Object.values(byStatus)) - sum(byKind.map(({ count }) => count))),
      bucketMs,
      overTime,
      oldestDueAgeMs: dueSinceMs === null || dueSinceMs > toMs ? null : toMs - dueSinceMs,
      handlers,
    };
  }

  /** One look into the index of due events for each lane; without the lane it would be read as a whole. */
  private async oldestDue(): Promise<{ dueSinceMs: number | null; databaseNowMs: number }> {
    const oldest = (lane: 0 | 1): string =>
      `(SELECT MIN(next_attempt_at) FROM ${this.events} WHERE status = 'pending' AND lane = ${lane})`;
    const [row] = await this.database.query(
      `SELECT ${oldest(0)} AS live, ${oldest(1)} AS replayed, ${this.database.dialect.now} AS now_ms`,
    );
    const due = [row?.live, row?.replayed].filter((since) => since !== null && since !== undefined).map(Number);
    return { dueSinceMs: due.length === 0 ? null : Math.min(...due), databaseNowMs: Number(row?.now_ms) };
  }

  /** The window, or the end of it that has as many events as are counted. */
  private async counted(fromMs: number, toMs: number): Promise<Window> {
    const floor = ulidFloor(fromMs);
    const [row] = await this.database.query(
      // The place is found in the index alone.
      `SELECT id, received_at FROM ${this.events} WHERE id =
 (SELECT id FROM ${this.events} WHERE id >= ? ORDER BY id DESC LIMIT 1 OFFSET ${this.most.events})`,
      [floor],
    );
    return row === undefined
      ? { fromMs, toMs, afterId: floor, complete: true }
      : { fromMs: Math.min(Number(row.received_at), toMs), toMs, afterId: String(row.id), complete: false };
  }

  /**
   * By time and status, and by type, from one reading. The remainder is the one way of rounding down that all databases
   * write alike.
   */
  private async counts({ fromMs, toMs, afterId }: Window, bucketMs: number): Promise<Counts> {
    const rows = await this.database.query(
      `WITH counted AS (SELECT received_at - received_at % ${bucketMs} AS begins, status, kind, COUNT(*) AS events
 FROM ${this.events} WHERE id > ? GROUP BY 1, 2, 3)
 SELECT begins, status, '' AS kind, SUM(events) AS events FROM counted GROUP BY begins, status
 UNION ALL SELECT * FROM (SELECT 0 AS begins, '' AS status, kind, SUM(events) AS events FROM counted
 GROUP BY kind ORDER BY 4 DESC, 3 LIMIT ${MOST_KINDS}) AS kinds`,
      [afterId],
    );
    const overTime = emptyBuckets(fromMs, toMs, bucketMs);
    const ofKinds = rows.filter(({ kind }) => kind !== '');
    rows.filter(({ kind }) => kind === '').forEach((row) => { addTo(overTime, row, bucketMs); }); // prettier-ignore
    const byKind = ofKinds.map(({ kind, events }) => ({ kind: String(kind), count: Number(events) }));
    return { overTime, byKind: byKind.sort(byCount) };
  }

  private async handlers({ fromMs }: Window): Promise<HandlerStats[]> {
    const latest = `SELECT handler, attempts, status FROM ${this.runs} WHERE finished_at >= ?
 ORDER BY finished_at DESC LIMIT ${this.most.runs}`;
    const totals = await this.database.query(
      `SELECT handler, COUNT(*) AS runs, SUM(attempts) AS attempts,
 SUM(CASE WHEN status = 'succeeded' THEN 0 ELSE 1 END) AS failures
 FROM (${latest}) AS latest GROUP BY handler ORDER BY handler`,
      [fromMs],
    );
    const durations = await this.durations(fromMs);
    return totals.map((row) => handlerStats(row, durations.get(String(row.handler)) ?? []));
  }

  /** By handler, ascending. */
  private async durations(fromMs: number): Promise<ReadonlyMap<string, number[]>> {
    const rows = await this.database.query(
      `SELECT handler, duration_ms FROM ${this.runs} WHERE finished_at >= ?
 ORDER BY finished_at DESC LIMIT ${MOST_DURATIONS}`,
      [fromMs],
    );
    const found = new Map<string, number[]>();
    for (const { handler, duration_ms: duration } of rows) {
      const own = found.get(String(handler)) ?? [];
      found.set(String(handler), own);
      own.push(Number(duration));
    }
    found.forEach((own) => own.sort((a, b) => a - b));
    return found;
  }

  private get events(): string {
    return this.database.table(EventEntity);
  }

  private get runs(): string {
    return this.database.table(HandlerRunEntity);
  }
}

/** Times differ between hosts, so an event may lie a little outside: it counts where the window begins or ends. */
function addTo(buckets: readonly TimeBucket[], row: Row, bucketMs: number): void {
  const firstMs = buckets[0]?.from.getTime() ?? 0;
  const index = Math.round((Number(row.begins) - firstMs) / bucketMs);
  const bucket = buckets[Math.min(Math.max(index, 0), buckets.length - 1)];
  const status = row.status as EventStatus;
  if (bucket !== undefined && EVENT_STATUSES.includes(status)) {
    bucket[status] += Number(row.events);
  }
}

/** The most frequent first. */
function byCount(a: KindCount, b: KindCount): number {
  return b.count - a.count || (a.kind < b.kind ? -1 : 1);
}

function totals(buckets: readonly TimeBucket[]): StatusCounts {
  const counts = noCounts();
  for (const status of EVENT_STATUSES) {
    counts[status] = sum(buckets.map((bucket) => bucket[status]));
  }
  return counts;
}

function handlerStats(row: Row, durations: readonly number[]): HandlerStats {
  return {
    handler: String(row.handler),
    runs: Number(row.runs),
    attempts: Number(row.attempts),
    failures: Number(row.failures),
    p50Ms: percentile(durations, 0.5),
    p95Ms: percentile(durations, 0.95),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
