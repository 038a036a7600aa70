import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { describeError } from '../common';
import type { EventPruneStore } from './event-prune.store';

const MINUTE_MS = 60_000;
/** Spread over this span, so that processes which start together do not prune together, nor while they start. */
const FIRST_WITHIN_MS = 10 * MINUTE_MS;
const EVERY_MS = 60 * MINUTE_MS;
/** How long Stripe lets people send an event again: https://docs.stripe.com/webhooks#behaviors. */
const RESENDABLE_DAYS = 30;

/** Deletes old events, from time to time, for as long as the application runs. */
export class EventPruner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('StripeEvents');
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private pass: Promise<void> = Promise.resolve();

  /** @param days how old an event must be to go; null for never */
  constructor(
    private readonly store: EventPruneStore,
    private readonly days: number | null,
    private readonly random: () => number = Math.random,
  ) {}

  onApplicationBootstrap(): void {
    if (this.days === null) {
      return;
    }
    if (this.days < RESENDABLE_DAYS) {
      this.logger.warn(
        `Events are deleted after ${this.days} days (retention.days), but can be sent again from Stripe for ` +
          `${RESENDABLE_DAYS}: one that is sent again after it was deleted is handled again.`,
      );
    }
    this.schedule(this.days, FIRST_WITHIN_MS * this.random());
  }

  /** Before the data source closes. Waits for the batch that is under way, not for the pass. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.pass;
  }

  private schedule(days: number, inMs: number): void {
    this.timer = setTimeout(() => {
      this.pass = this.prune(days).then(() => {
        if (!this.stopping.signal.aborted) {
          this.schedule(days, EVERY_MS * (0.9 + 0.2 * this.random()));
        }
      });
    }, inMs).unref();
  }

  private async prune(days: number): Promise<void> {
    try {
      const pruned = await this.store.prune(days, this.stopping.signal);
      if (pruned > 0) {
        this.logger.log(`${pruned} events were deleted that had been settled for ${days} days.`);
      }
    } catch (error) {
      this.logger.error(`Old events could not be deleted; the next try is in an hour: ${describeError(error)}`);
    }
  }
}
