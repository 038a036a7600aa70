import { InvalidStripeEventError } from '../errors';
import { columnText, isJsonObject, isThinEvent, kindOf, type AddEvent, type JsonObject } from '../events';

/**
 * What to give `add()` for an event that lay in something else.
 *
 * @param place where it lay, for the message of the error; empty where it was all there was
 * @throws {InvalidStripeEventError} naming the first field that cannot be used, and never its value
 */
export function enclosedEvent(event: unknown, place: string): AddEvent {
  const whole = objectAt(event, place === '' ? 'event' : place);
  const named = (field: string): string => (place === '' ? field : `${place}.${field}`);
  const { livemode } = whole;
  if (whole.object !== 'event' && !isThinEvent(whole)) {
    throw refusal(named('object'), `must be "event" or "v2.core.event", not ${kindOf(whole.object)}`);
  }
  if (typeof livemode !== 'boolean') {
    throw refusal(named('livemode'), `must be true or false, not ${kindOf(livemode)}`);
  }
  return {
    stripeId: textAt(whole.id, named('id')),
    kind: textAt(whole.type, named('type')),
    livemode,
    apiVersion: columnText(whole.api_version),
    // Whatever else there is to know of it, `add()` reads from the event itself.
    message: whole,
  };
}

/** The value, which has to be an object. */
export function objectAt(value: unknown, field: string): JsonObject {
  if (!isJsonObject(value)) {
    throw refusal(field, `must be an object, not ${kindOf(value)}`);
  }
  return value;
}

/** The error of a field that cannot be used. */
export function refusal(field: string, problem: string): InvalidStripeEventError {
  return new InvalidStripeEventError(field, [`${field} ${problem}`]);
}

function textAt(value: unknown, field: string): string {
  const text = columnText(value);
  if (text === null) {
    throw refusal(field, `must be a text of 1 to 255 characters without control characters, not ${kindOf(value)}`);
  }
  return text;
}
