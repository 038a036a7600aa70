import { createHash } from 'node:crypto';

/** Longest key the Stripe API takes: https://docs.stripe.com/api/idempotent_requests. */
const LONGEST_KEY = 255;

/** A key for calls that a handler makes for an event: the same on every attempt, another for every other handler. */
export function idempotencyKey(stripeId: string, handlerId: string): string {
  const key = `${stripeId}:${handlerId}`;
  return key.length <= LONGEST_KEY ? key : createHash('sha256').update(key).digest('hex');
}
