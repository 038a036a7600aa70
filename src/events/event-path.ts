import { asJsonObject, isThinEvent } from './event-shape';
import type { EventEntity } from './event.entity';

/** Where the Stripe API has an event; its body has to be loaded. */
export function eventPath({ stripeId, message }: Pick<EventEntity, 'stripeId' | 'message'>): string {
  const events = isThinEvent(asJsonObject(message)) ? '/v2/core/events' : '/v1/events';
  return `${events}/${encodeURIComponent(stripeId)}`;
}
