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
  'related_url',
  'snapshot_event',
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
    facts.relatedUrl,
    facts.snapshotEvent,
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
export function payloadRows({ id, event }: IdentifiedEvent, dialect: Dialect): unknown[][] {
  const { encoding, bytes } = event.body;
  const stored = encoding === 'base64' ? Buffer.from(bytes.toString('base64'), 'latin1') : bytes;
  return pieces(stored, dialect).map((piece, part) => [id, part, encoding, piece]);
}

function pieces(bytes: Buffer, dialect: Dialect): (Buffer | string)[] {
  const found: (Buffer | string)[] = [];
  for (let start = 0; start < bytes.length || found.length === 0;) {
    const end = endOfPiece(bytes, start + dialect.maxTextBytes);
    found.push(dialect.textParameter(bytes.subarray(start, end)));
    start = end;
  }
  return found;
}

/** Never within a character: its bytes after the first all begin with the bits 10. */
function endOfPiece(bytes: Buffer, end: number): number {
  let cut = Math.min(end, bytes.length);
  while (((bytes[cut] ?? 0) & 0xc0) === 0x80) {
    cut -= 1;
  }
  return cut;
}
