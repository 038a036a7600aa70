import type { INestApplicationContext } from '@nestjs/common';
import { sleep } from '../common';
import { StripeEventActionService, type EventEntity, type EventStatus } from '../events';

const LOOK_EVERY_MS = 10;

/**
 * Resolves with the event once it has this status.
 *
 * @throws {Error} saying what the event was last seen as, when that takes longer than `timeoutMs`
 */
export async function waitForEvent(
  app: INestApplicationContext,
  stripeId: string,
  status: EventStatus,
  timeoutMs = 10_000,
): Promise<EventEntity> {
  const events = app.get(StripeEventActionService, { strict: false });
  const giveUpAt = Date.now() + timeoutMs;
  for (;;) {
    const event = await events.find(stripeId);
    if (event?.status === status) {
      return event;
    }
    if (Date.now() > giveUpAt) {
      const seen =
        event === null
          ? 'not there'
          : `${event.status} (attempts: ${event.attempts}, last error: ${event.lastError ?? 'none'})`;
      throw new Error(`The event did not become ${status} within ${timeoutMs} ms; it is ${seen}.`);
    }
    await sleep(LOOK_EVERY_MS);
  }
}
