import { parseEventText, type AddEvent, type JsonObject } from '../events';
import { fromEventBridge, fromEventGrid, type EventBridgeOptions } from './cloud-envelope';
import { enclosedEvent, objectAt, refusal } from './enclosed-event';

/**
 * What to give `add()` for a queue's message: its text, its bytes, or what they were parsed to. The message is the event
 * itself, as Stripe sends it, or an envelope of Amazon EventBridge or Azure Event Grid; either of them may lie in a
 * notification of Amazon SNS.
 *
 * No signature comes with it: whoever can write to the queue can make up an event.
 *
 * @throws {InvalidStripeEventError} naming the field that cannot be used
 */
export function fromQueueMessage(message: unknown, options: EventBridgeOptions = {}): AddEvent {
  const parsed = opened(message, 'message');
  const notified = parsed.Type === 'Notification' && typeof parsed.Message === 'string';
  const content = notified ? opened(parsed.Message, 'Message') : parsed;
  // An event says of itself that it is one; anything else is an envelope by what it has.
  if (content.object === undefined && 'detail' in content) {
    return fromEventBridge(content, options);
  }
  if (content.object === undefined && 'specversion' in content) {
    return fromEventGrid(content);
  }
  return enclosedEvent(content, '');
}

function opened(message: unknown, field: string): JsonObject {
  const text = message instanceof Uint8Array ? Buffer.from(message).toString('utf8') : message;
  return objectAt(typeof text === 'string' ? parsedText(text, field) : text, field);
}

// The parser's own message quotes the text, so it goes no further.
function parsedText(text: string, field: string): unknown {
  try {
    return parseEventText(text);
  } catch {
    throw refusal(field, `must be JSON; it is a text of ${text.length} characters that is not`);
  }
}
