/** A JSON object that came from outside: any key may be missing, any value may be anything. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The body of an event: an object with an id. Everything else about it is yet to be checked. */
export type StripeEventLike = JsonObject & { readonly id: string };

const NOTHING: JsonObject = Object.freeze({});

/** True for objects, not for `null`, arrays and functions. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value if it is an object, else an empty one: for walking down a path that may end early. */
export function asJsonObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : NOTHING;
}

/**
 * True for a thin event, both as Stripe pushes it and as it is fetched; false for a snapshot event.
 *
 * stripe-node accepts notifications without `object` (`parseEventNotification`), so one that names a related object
 * counts as well.
 */
export function isThinEvent(event: JsonObject): boolean {
  return event.object === 'v2.core.event' || (isMissing(event.object) && isJsonObject(event.related_object));
}

/** True for `null` and for what is not there. */
export function isMissing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}
