import { statement, type LedgerDatabase } from '../database';
import { STATUS_INDEX } from './event-conditions';
import { EventEntity } from './event.entity';

/** More of one sort are not counted: what is asked for every few seconds must not cost more the worse things are. */
const MOST_COUNTED = 10_000;

/** What is waiting in the ledger at this moment. Each number is 10,000 at most. */
export interface EventBacklog {
  /** How long the event has been due that has waited longest, in milliseconds; null when none is due. */
  readonly dueAgeMs: number | null;
  /** Events that could be handled now. */
  readonly due: number;
  /** Events that are due later: retries. */
  readonly scheduled: number;
  /** Events that workers have. */
  readonly processing: number;
  /** Dead letters. */
  readonly dead: number;
}

/** Looks at what is waiting. One statement, which reads indexes alone, and only so far. */
export class EventBacklogQuery {
  constructor(
    private readonly database: LedgerDatabase,
    private readonly most: number = MOST_COUNTED,
  ) {}

  /** @param timeoutMs after which the statement is given up */
  async look(timeoutMs?: number): Promise<EventBacklog> {
    const { now } = this.database.dialect;
    const restated = this.database.dialect.restated(STATUS_INDEX);
    // The lane is named, since without it the index of due events would be read as a whole.
    const due = `status = 'pending' AND next_attempt_at <= ${now} AND lane`;
    const scheduled = `status = 'pending' AND next_attempt_at > ${now} AND lane`;
    const columns = {
      live_since: this.oldest(0),
      replayed_since: this.oldest(1),
      now_ms: now,
      live_due: this.number(`${due} = 0`),
      replayed_due: this.number(`${due} = 1`),
      live_scheduled: this.number(`${scheduled} = 0`),
      replayed_scheduled: this.number(`${scheduled} = 1`),
      processing: this.number("status = 'processing'"),
      dead: this.number(`${restated}status = 'dead'`),
    };
    const selected = Object.entries(columns).map(([name, sql]) => `${sql} AS ${name}`);
    const [row = {}] = await this.database.run(statement(`SELECT ${selected.join(', ')}`, []), timeoutMs);
    const since = [row.live_since, row.replayed_since].filter((moment) => moment !== null).map(Number);
    const ageMs = Number(row.now_ms) - Math.min(...since);
    return {
      dueAgeMs: ageMs >= 0 ? ageMs : null,
      due: this.sum(row.live_due, row.replayed_due),
      scheduled: this.sum(row.live_scheduled, row.replayed_scheduled),
      processing: Number(row.processing),
      dead: Number(row.dead),
    };
  }

  private oldest(lane: 0 | 1): string {
    return `(SELECT MIN(next_attempt_at) FROM ${this.events} WHERE status = 'pending' AND lane = ${lane})`;
  }

  private number(condition: string): string {
    return `(SELECT COUNT(*) FROM (SELECT 1 FROM ${this.events} WHERE ${condition} LIMIT ${this.most}) AS counted)`;
  }

  private sum(...counts: readonly unknown[]): number {
    return Math.min(
      this.most,
      counts.map(Number).reduce((total, count) => total + count, 0),
    );
  }

  private get events(): string {
    return this.database.table(EventEntity);
  }
}
