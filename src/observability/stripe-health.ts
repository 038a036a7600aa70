import { withDeadline } from '../common';
import type { EventBacklog, EventBacklogQuery } from '../events';
import type { WorkerPulse } from '../processing';

/** How the module does in this process. */
export interface StripeHealthReport {
  /** Whether the ledger's database answered in time. */
  readonly database: 'up' | 'down';
  /**
   * The worker of this process. `none`: it does not handle events; `silent`: it has not looked for any for longer than
   * `maxSilenceMs`, since the database does not answer it or something keeps the process busy; `stopped`: the application
   * stops.
   */
  readonly worker: 'none' | 'working' | 'silent' | 'stopped';
  /** What is waiting, in the ledger as a whole; null where the database is down. */
  readonly backlog: EventBacklog | null;
}

/** What is waited for. */
export interface StripeHealthOptions {
  /** How long the database may take to answer, in milliseconds. @default 2_000 */
  readonly timeoutMs?: number;
  /** How long the worker may not have looked for events, in milliseconds. @default 60_000 */
  readonly maxSilenceMs?: number;
  /** How old the ledger's answer may be, in milliseconds: health is asked for by everybody, often. @default 1_000 */
  readonly freshMs?: number;
}

/** A statement that takes longer is cut off: its connection may be to a server that is no longer there. */
const STATEMENT_TIMEOUT_MS = 5_000;

/** Says how the module does: for a health check, or a program of one's own. */
export class StripeHealth {
  private latest: { readonly atMs: number; readonly backlog: EventBacklog } | undefined;
  private asking: Promise<EventBacklog> | undefined;

  constructor(
    private readonly query: Pick<EventBacklogQuery, 'look'>,
    private readonly pulse: Pick<WorkerPulse, 'state' | 'silentMs'>,
  ) {}

  /** Never rejects. One statement at a time at most, however many ask. */
  async look(options: StripeHealthOptions = {}): Promise<StripeHealthReport> {
    const { timeoutMs = 2_000, maxSilenceMs = 60_000, freshMs = 1_000 } = options;
    const late = (): Error => new Error(`The database did not answer within ${timeoutMs} ms.`);
    const backlog = await withDeadline(this.backlog(freshMs), timeoutMs, late).catch(() => null);
    const { state, silentMs } = this.pulse;
    return {
      database: backlog === null ? 'down' : 'up',
      worker: silentMs > maxSilenceMs ? 'silent' : state,
      backlog,
    };
  }

  /**
   * What is waiting in the ledger as a whole.
   *
   * @param freshMs how old an answer may be, in milliseconds
   * @throws whatever the driver says when the database does not answer
   */
  async backlog(freshMs: number): Promise<EventBacklog> {
    if (this.latest !== undefined && performance.now() - this.latest.atMs < freshMs) {
      return this.latest.backlog;
    }
    this.asking ??= this.ask().finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  private async ask(): Promise<EventBacklog> {
    const atMs = performance.now();
    const backlog = await this.query.look(STATEMENT_TIMEOUT_MS);
    this.latest = { atMs, backlog };
    return backlog;
  }
}
