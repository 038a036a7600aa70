import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { describeError, sleep } from '../common';
import { ShutdownError, SyncRunCancelledError, SyncRunFailedError } from '../errors';
import type { SyncRunStore, SyncScope } from '../sync-runs';
import type { StripeCatchUpService } from './stripe-catch-up.service';

/** When catch-ups run by themselves. */
export interface CatchUpTimes {
  readonly everyMs: number;
  readonly atStart: boolean;
  /** Whether thin events are fetched as well. */
  readonly thin: boolean;
  /** The accounts of one's own, by their names. */
  readonly endpoints: readonly string[];
  /** The accounts connected to one of them. */
  readonly connectedAccounts: (endpoint: string) => Promise<readonly string[]>;
}

/** Processes that start together make one catch-up of it. */
const TOGETHER_MS = 60_000;

/** Runs catch-ups by themselves, one process of a fleet at a time. */
export class CatchUpSchedule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('StripeEvents');
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  /** @param times null for never */
  constructor(
    private readonly service: StripeCatchUpService,
    private readonly store: SyncRunStore,
    private readonly times: CatchUpTimes | null,
  ) {}

  onApplicationBootstrap(): void {
    if (this.times !== null) {
      this.running = this.runForEver(this.times);
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async runForEver(times: CatchUpTimes): Promise<void> {
    const { everyMs, atStart } = times;
    const { signal } = this.stopping;
    if (atStart) {
      await this.runAll({ ...times, everyMs: Math.min(everyMs, TOGETHER_MS) });
    }
    while (!signal.aborted) {
      await sleep(everyMs * (0.95 + 0.1 * Math.random()), signal);
      await this.runAll(times);
    }
  }

  private async runAll(times: CatchUpTimes): Promise<void> {
    for (const endpoint of times.endpoints) {
      try {
        await this.runBoth({ endpoint, account: null }, times);
        for (const account of await times.connectedAccounts(endpoint)) {
          await this.runBoth({ endpoint, account }, times);
        }
      } catch (error) {
        this.logger.error(`A catch-up could not be run: ${describeError(error)}`);
      }
    }
  }

  private async runBoth(of: Omit<SyncScope, 'kind'>, { thin, everyMs }: CatchUpTimes): Promise<void> {
    await this.runOne({ kind: 'catch-up', ...of }, everyMs);
    if (thin) {
      await this.runOne({ kind: 'thin-catch-up', ...of }, everyMs);
    }
  }

  /** Unless another process has begun one lately. */
  private async runOne({ kind, endpoint, account }: SyncScope, everyMs: number): Promise<void> {
    if (this.stopping.signal.aborted) {
      return;
    }
    const latest = await this.store.latest({ kind, endpoint, account });
    const now = await this.store.now();
    if (latest !== null && latest.startedAt.getTime() > now.getTime() - 0.8 * everyMs) {
      return;
    }
    try {
      const thin = kind === 'thin-catch-up';
      const { added } = await this.service.run({ endpoint, thin, ...(account === null ? {} : { account }) });
      if (added > 0) {
        this.logger.log(`A catch-up found ${added} events that had been missed.`);
      }
    } catch (error) {
      // Each of these has been said, where it happened.
      if (![ShutdownError, SyncRunCancelledError, SyncRunFailedError].some((known) => error instanceof known)) {
        throw error;
      }
    }
  }
}
