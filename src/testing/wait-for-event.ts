import type { INestApplicationContext } from '@nestjs/common';
import { sleep } from '../common';
import { StripeEventActionService, type EventEntity, type EventStatus } from '../events';

const LOOK_EVERY_MS = 10;
const PATIENCE_MS = 10_000;

/** Which event is waited for, and for how long. */
export interface WaitOptions {
  /** @default 10_000 */
  readonly timeoutMs?: number;
  /** The name of its account, where several may have an event of this id. @default the one that has it */
  readonly endpoint?: string;
}

/**
 * Resolves with the event once it has this status.
 *
 * @param options how long to wait, in milliseconds, and which account's event is meant
 * @throws {Error} saying what the event was last seen as, when that takes longer than `timeoutMs`
 */
export async function waitForEvent(
  app: INestApplicationContext,
  stripeId: string,
  status: EventStatus,
  options: number | WaitOptions = {},
): Promise<EventEntity> {
  const { timeoutMs = PATIENCE_MS, endpoint } = typeof options === 'number' ? { timeoutMs: options } : options;
  const events = app.get(StripeEventActionService, { strict: false });
  const giveUpAt = Date.now() + timeoutMs;
  for (;;) {
    const event = await events.find(stripeId, endpoint);
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
