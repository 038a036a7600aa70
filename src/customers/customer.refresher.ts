import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { describeError, sleep } from '../common';
import { CustomerMissingError } from '../errors';
import type { CustomerSource } from './customer-source';
import type { CustomerSync } from './customer-sync';
import type { CustomerSyncStore, Doubtful } from './customer-sync.store';

/** What bounds the refresher. */
export interface RefreshLimits {
  /** How often customers are looked for that are to be fetched, in milliseconds; null where this process fetches none. */
  readonly everyMs: number | null;
}

const MOST_AT_ONCE = 20;
/** How long a process may take to fetch them before another one may. */
const LEASE_MS = 60_000;

/** Fetches the customers of whom two descriptions differ whose order cannot be told, for as long as the application runs. */
export class CustomerRefresher implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('StripeEvents');
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly parts: {
      readonly store: CustomerSyncStore;
      readonly sync: CustomerSync;
      readonly source: CustomerSource;
    },
    private readonly limits: RefreshLimits,
  ) {}

  onApplicationBootstrap(): void {
    if (this.limits.everyMs !== null) {
      this.running = this.loop(this.limits.everyMs);
    }
  }

  /** Before the data source closes. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Fetches those that are due. Returns how many there were. */
  async refresh(): Promise<number> {
    const doubtful = await this.parts.store.takeDoubtful(MOST_AT_ONCE, LEASE_MS);
    const askable = doubtful.filter(({ place }) => this.parts.source.isThere(place));
    await this.parts.store.endDoubt(doubtful.filter((one) => !askable.includes(one)));
    const { signal } = this.stopping;
    const news = await Promise.all(
      askable.map(({ stripeId, place }) => this.parts.sync.newsById(stripeId, place, signal)),
    );
    await this.parts.sync.settle(news);
    const isMissing = (_: Doubtful, index: number): boolean => news[index]?.outcome instanceof CustomerMissingError;
    await this.parts.store.endDoubt(askable.filter(isMissing));
    return doubtful.length;
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private async loop(everyMs: number): Promise<void> {
    const { signal } = this.stopping;
    while (!this.isStopping()) {
      // Spread, so that processes do not look in step.
      await sleep(everyMs * (0.75 + 0.5 * Math.random()), signal);
      try {
        while (!this.isStopping() && (await this.refresh()) === MOST_AT_ONCE);
      } catch (error) {
        if (!this.isStopping()) {
          this.logger.error(`Customers could not be fetched again; the next try follows: ${describeError(error)}`);
        }
      }
    }
  }
}
