import type { Clock } from '../common';
import type { LedgerDatabase } from '../database';
import { EventOutOfReachError } from '../errors';
import { isGone, type StripeClients } from '../stripe-api';
import { eventPath } from './event-path';
import { isJsonObject } from './event-shape';
import { EventEntity } from './event.entity';
import { isSameEvent } from './same-event';
import { eventOf } from './whole-event';

/** Stripe keeps events for 30 days (https://docs.stripe.com/api/events); the last of them says nothing for certain. */
const CERTAIN_REACH_MS = 29 * 24 * 60 * 60 * 1000;
const OTHER_MODE = /similar object exists in (?:live|test) mode/;

/** Compares stored events with Stripe's own copies of them. */
export class EventValidator {
  constructor(
    private readonly database: LedgerDatabase,
    private readonly clients: Pick<StripeClients, 'for'>,
    private readonly clock: Clock,
  ) {}

  /**
   * Fetches an event whose body is loaded, and writes down whether it is the stored one.
   *
   * @throws {EventOutOfReachError} when that cannot be known; nothing is written then
   */
  async validate(event: EventEntity): Promise<boolean> {
    const valid = await this.isValid(event);
    await this.database.query(`UPDATE ${this.database.table(EventEntity)} SET valid = ? WHERE id = ?`, [
      valid,
      event.id,
    ]);
    event.valid = valid;
    return valid;
  }

  private async isValid(event: EventEntity): Promise<boolean> {
    // Stripe has no copy of what is no event.
    if (eventOf(event) === null) {
      return false;
    }
    try {
      const theirs: unknown = await this.clients.for(event).rawRequest('GET', eventPath(event));
      return isJsonObject(theirs) && isSameEvent(event, theirs);
    } catch (error) {
      if (!isGone(error)) {
        throw error;
      }
      if (!this.mustBeThere(event) || OTHER_MODE.test(String((error as { message?: unknown }).message))) {
        throw new EventOutOfReachError({ cause: error });
      }
      return false;
    }
  }

  /** Whether Stripe would still have the event, if it ever had it. */
  private mustBeThere({ createdAt, receivedAt }: EventEntity): boolean {
    return (createdAt ?? receivedAt).getTime() > this.clock.now() - CERTAIN_REACH_MS;
  }
}
