import { createHash } from 'node:crypto';
import { DEFAULT_ENDPOINT, type EventEntity } from '../events';

/** Longest key the Stripe API takes: https://docs.stripe.com/api/idempotent_requests. */
const LONGEST_KEY = 255;

/** A key for calls that a handler makes for an event: the same on every attempt, another for every other handler. */
export function idempotencyKey(
  { endpoint, stripeId }: Pick<EventEntity, 'endpoint' | 'stripeId'>,
  handlerId: string,
): string {
  // One id with two accounts is two events.
  const key = `${endpoint === DEFAULT_ENDPOINT ? '' : `${endpoint}:`}${stripeId}:${handlerId}`;
  return key.length <= LONGEST_KEY ? key : createHash('sha256').update(key).digest('hex');
}
