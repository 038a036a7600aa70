import type { AddEvent } from './add-event';
import { isJsonObject, isThinEvent, type StripeEventLike } from './event-shape';
import type { EventEntity } from './event.entity';

/** What is known of an event beside its data. */
interface Envelope {
  readonly stripeId: string;
  readonly kind: string;
  readonly livemode: boolean;
  readonly apiVersion?: string | null;
  readonly account?: string | null;
  readonly request?: unknown;
  readonly pendingWebhooks?: number;
  readonly createdAt?: Date | null;
  readonly receivedAt?: Date;
}

/** Whether a message is an event as Stripe sends it, rather than an event's data. */
function isWhole(message: unknown): message is StripeEventLike {
  return (
    isJsonObject(message) && (message.object === 'event' || isThinEvent(message)) && typeof message.id === 'string'
  );
}

/**
 * The event as Stripe sends it, from whichever of the forms that `add()` takes: a whole event, its
 * `{ object, previous_attributes }`, or the bare object.
 */
export function wholeEvent(message: unknown, envelope: Envelope): StripeEventLike {
  if (isWhole(message)) {
    return message;
  }
  return {
    id: envelope.stripeId,
    object: 'event',
    api_version: envelope.apiVersion ?? null,
    data: isData(message) ? message : { object: message },
    livemode: envelope.livemode,
    pending_webhooks: envelope.pendingWebhooks ?? 0,
    request: envelope.request ?? null,
    type: envelope.kind,
    ...createdOf(envelope),
    ...(envelope.account ? { account: envelope.account } : {}),
  };
}

/** Where nobody said when Stripe made the event, handlers get when it came; on its way in, nothing is made up. */
function createdOf({ createdAt, receivedAt }: Envelope): { created?: number } {
  const at = createdAt ?? receivedAt;
  return at === undefined ? {} : { created: Math.floor(at.getTime() / 1000) };
}

/** The event that a handler is given. Null where the body is none. */
export function eventOf(record: EventEntity): StripeEventLike | null {
  return isJsonObject(record.message) ? wholeEvent(record.message, record) : null;
}

/** What `add()` was given, as one event. */
export function addedEvent(input: AddEvent): StripeEventLike {
  const { stripeId: id, kind: type, livemode, account, request, pendingWebhooks } = input;
  // What was said outright counts more than what the message says of itself.
  return {
    ...wholeEvent(input.message, input),
    ...{ id, type, livemode },
    ...(account === undefined ? {} : { account }),
    ...(request === undefined ? {} : { request }),
    ...(pendingWebhooks === undefined ? {} : { pending_webhooks: pendingWebhooks }),
  };
}

/** `object` of an event's data is itself an object; of a bare Stripe object it is the name of its type. */
function isData(message: unknown): boolean {
  return isJsonObject(message) && isJsonObject(message.object);
}
