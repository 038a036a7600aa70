import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';

import { columnText } from './column-text';
import { factsOf, type EventFacts } from './event-facts';
import { isJsonObject, type StripeEventLike } from './event-shape';

/** A body that is an event: an object with an id that can be stored. */
export interface ReadEvent {
  readonly kind: 'event';
  readonly facts: EventFacts;
  readonly encoding: 'utf8';
  readonly parsed: StripeEventLike;
}

/** A body that no retry can turn into an event. */
export interface UnusableDelivery {
  readonly kind: 'unusable';
  /** `sha256:<hex of the body>`: the same body has the same id. */
  readonly stripeId: string;
  /** Why, without a word of the body. */
  readonly reason: string;
  /** How the body can be stored: as base64 where its bytes are not UTF-8, or hold a NUL. */
  readonly encoding: 'utf8' | 'base64';
}

/** What a verified body turned out to be. */
export type ReadDelivery = ReadEvent | UnusableDelivery;

const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Reads a verified body, parsing it once. Never throws.
 *
 * Whatever has a storable id is an event, of a known type or not: its columns are `null` where the body has nothing
 * that fits, and the body itself is kept as it came. Only a body without such an id is unusable.
 */
export function readDelivery(rawBody: Uint8Array): ReadDelivery {
  const bytes = Buffer.from(rawBody.buffer, rawBody.byteOffset, rawBody.byteLength);
  if (!isUtf8(bytes)) {
    return unusable(bytes, 'The body is not valid UTF-8.');
  }
  const parsed = tryParse(bytes.toString('utf8'));
  return isEvent(parsed)
    ? { kind: 'event', facts: factsOf(parsed), encoding: 'utf8', parsed }
    : unusable(bytes, problemOf(parsed));
}

/**
 * The value of an event's stored text; a leading byte order mark is passed over.
 *
 * @throws {SyntaxError} when the text is not JSON
 */
export function parseEventText(text: string): unknown {
  return JSON.parse(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
}

// The parser's own message quotes the body, so it goes no further. JSON has no undefined.
function tryParse(text: string): unknown {
  try {
    return parseEventText(text);
  } catch {
    return undefined;
  }
}

function isEvent(parsed: unknown): parsed is StripeEventLike {
  return isJsonObject(parsed) && columnText(parsed.id) !== null;
}

function problemOf(parsed: unknown): string {
  if (parsed === undefined) {
    return 'The body is not JSON.';
  }
  return isJsonObject(parsed)
    ? 'The event has no id of 1 to 255 characters, none of them a control character.'
    : 'The body is JSON, but not an object.';
}

// PostgreSQL stores no NUL in a text. Valid JSON never holds one, so only unusable bodies need the check.
function unusable(bytes: Buffer, reason: string): UnusableDelivery {
  const encoding = isUtf8(bytes) && !bytes.includes(0) ? 'utf8' : 'base64';
  const stripeId = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  return { kind: 'unusable', stripeId, reason, encoding };
}
