import { SqlExpression, type Dialect } from '../database';
import type { NewEvent } from './new-event';

/** An event with the ids it is stored under. */
export interface IdentifiedEvent {
  readonly id: string;
  readonly stripeId: string;
  readonly event: NewEvent;
}

/** The columns a new event fills; the others have their defaults. */
export const INSERTED_COLUMNS = [
  'id',
  'endpoint',
  'stripe_id',
  'kind',
  'livemode',
  'api_version',
  'request_id',
  'idempotency_key',
  'pending_webhooks',
  'account',
  'context',
  'created_at',
  'received_at',
  'object_id',
  'object_type',
  'stripe_customer_id',
  'customer_account',
  'status',
  'ignored_reason',
  'next_attempt_at',
  'processed_at',
  'last_error',
  'source',
] as const;

/** The columns of a piece of a body. */
export const PAYLOAD_COLUMNS = ['event_id', 'part', 'encoding', 'body'] as const;

/** A new event's values, in the order of {@link INSERTED_COLUMNS}. */
export function insertedValues({ id, stripeId, event }: IdentifiedEvent, { now }: Dialect): unknown[] {
  const { facts, settled } = event;
  return [
    id,
    event.endpoint,
    stripeId,
    facts.kind,
    facts.livemode,
    facts.apiVersion,
    facts.requestId,
    facts.idempotencyKey,
    facts.pendingWebhooks,
    facts.account,
    facts.context,
    facts.createdAt,
    event.receivedAtMs,
    facts.objectId,
    facts.objectType,
    facts.stripeCustomerId,
    facts.customerAccount,
    settled?.status ?? 'pending',
    settled?.reason ?? null,
    // By the database's clock, which is the one that says whether an event is due.
    settled === undefined ? new SqlExpression(now) : null,
    settled === undefined ? null : event.receivedAtMs,
    settled?.error ?? null,
    event.source,
  ];
}

/** The rows a body is kept in: one, except where the database's text type is too short for it. */
export function payloadRows({ id, event }: IdentifiedEvent, { maxTextBytes }: Dialect): unknown[][] {
  const { encoding, text } = event.body;
  return pieces(text, maxTextBytes).map((piece, part) => [id, part, encoding, piece]);
}

function pieces(text: string, maxBytes: number): string[] {
  // A UTF-16 unit takes three bytes of UTF-8 at most, so most bodies need not be measured.
  if (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) {
    return [text];
  }
  const most = Math.floor(maxBytes / 3);
  const found: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = endOfPiece(text, start + most);
    found.push(text.slice(start, end));
    start = end;
  }
  return found;
}

/** Never between the two halves of a surrogate pair: each half alone would be stored as U+FFFD. */
function endOfPiece(text: string, end: number): number {
  const last = text.charCodeAt(end - 1);
  return last >= 0xd800 && last <= 0xdbff ? end - 1 : end;
}
