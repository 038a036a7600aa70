import { columnText } from './column-text';
import { factsOf, type EventFacts } from './event-facts';
import { asJsonObject, isMissing, isThinEvent, type JsonObject, type StripeEventLike } from './event-shape';
import type { EventEntity } from './event.entity';
import { isSameInOtherVersion, isSameJson } from './same-json';
import { eventOf } from './whole-event';

/** What every copy of an event says of itself. */
const ALWAYS_SAID = ['kind', 'livemode', 'objectId', 'relatedUrl'] as const;
/**
 * What one copy may keep to itself: `account` and `context` depend on who asks, old API versions have no idempotency key
 * and no object for the request (https://docs.stripe.com/changelog), and thin events say little.
 */
const SOMETIMES_SAID = ['requestId', 'idempotencyKey', 'account', 'context', 'snapshotEvent', 'createdAt'] as const;

/**
 * Whether a stored event, with its body loaded, is the one that Stripe has. `pending_webhooks` counts down, so it says
 * nothing. The data is compared whole where both copies are in one API version: Stripe never changes it
 * (https://docs.stripe.com/api/events/object). In two versions it is compared by what no version changes.
 */
export function isSameEvent(record: EventEntity, theirs: JsonObject): boolean {
  const ours = eventOf(record);
  if (ours === null || theirs.id !== record.stripeId || isThinEvent(ours) !== isThinEvent(theirs)) {
    return false;
  }
  return isSameEnvelope(record, ours, theirs as StripeEventLike) && isSameContent(record, ours, theirs);
}

function isSameEnvelope(record: EventEntity, ours: StripeEventLike, theirs: StripeEventLike): boolean {
  const facts = factsOf(theirs);
  // By the columns as well: they decide which handlers are called, and `add()` may have been told other ones.
  return [factsOf(ours), factsOfColumns(record)].every(
    (own) =>
      ALWAYS_SAID.every((name) => own[name] === facts[name]) &&
      SOMETIMES_SAID.every((name) => own[name] === null || facts[name] === null || own[name] === facts[name]),
  );
}

function factsOfColumns(
  record: EventEntity,
): Pick<EventFacts, (typeof ALWAYS_SAID)[number] | (typeof SOMETIMES_SAID)[number]> {
  return { ...record, createdAt: record.createdAt?.getTime() ?? null };
}

function isSameContent(record: EventEntity, ours: JsonObject, theirs: JsonObject): boolean {
  if (isThinEvent(ours)) {
    // As it is delivered, a thin event has neither.
    return ['data', 'changes'].every((key) => isMissing(ours[key]) || isSameJson(ours[key], theirs[key]));
  }
  const [data, theirData] = [asJsonObject(ours.data), asJsonObject(theirs.data)];
  // `add()` takes an event's object alone: then that is all there is to compare.
  const parts = record.message === ours ? { ...theirData, ...data } : data;
  const isSame = columnText(ours.api_version) === columnText(theirs.api_version) ? isSameJson : isSameInOtherVersion;
  return Object.keys(parts).every((key) => isSame(data[key], theirData[key]));
}
