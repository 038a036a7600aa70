import { Logger } from '@nestjs/common';
import { describeError } from '../common';
import type { EventReplayStore } from '../events';
import type { CustomerEntity } from './customer.entity';
import { missedBy, type StripeMissedEvents } from './missed-events';

/** Replays the events of customers that were known by their id alone when these were handled. */
export class MissedReplays {
  private readonly logger = new Logger('StripeEvents');

  constructor(
    private readonly replays: Pick<EventReplayStore, 'replayMany'>,
    private readonly missed: StripeMissedEvents,
  ) {}

  /** Never rejects: the event that described the customers is handled all the same. */
  async replay(customers: readonly CustomerEntity[]): Promise<void> {
    for (const customer of customers) {
      try {
        await this.replays.replayMany(missedBy(customer, this.missed), this.missed.handlers);
      } catch (error) {
        this.logger.error(
          `The events that customer ${customer.stripeId} missed were not replayed: ${describeError(error)}`,
        );
      }
    }
  }
}
