import { randomBytes } from 'node:crypto';

/** What can be said of an event that is built; everything else has a value that a test need not care about. */
export interface EventParts {
  /** @default an id that no other event has */
  readonly id?: string;
  /** Stripe's type of the event. @default 'invoice.paid' */
  readonly type?: string;
  /** The object the event is about. @default an object of the type's own kind, with an id */
  readonly object?: object;
  /** What changed, of an `…updated` event. @default none */
  readonly previousAttributes?: object;
  /** Whether real money is concerned. @default false */
  readonly livemode?: boolean;
  /** The version the event is written in. @default that of stripe-node 23.1 */
  readonly apiVersion?: string | null;
  /** In unix seconds. @default now */
  readonly created?: number;
  /** The connected account, `acct_…`. @default none */
  readonly account?: string;
  /** The path of accounts it came from, e.g. `org_…/acct_…`. @default none */
  readonly context?: string;
}

/** A snapshot event as Stripe sends it (https://docs.stripe.com/api/events/object), with an id of its own. */
export function buildEvent(parts: EventParts = {}): Record<string, unknown> {
  const { type = 'invoice.paid', previousAttributes } = parts;
  return {
    id: parts.id ?? testId('evt'),
    object: 'event',
    api_version: parts.apiVersion === undefined ? '2026-10-28.endive' : parts.apiVersion,
    created: parts.created ?? Math.floor(Date.now() / 1000),
    data: {
      object: parts.object ?? { id: testId('obj'), object: type.split('.', 1)[0] },
      ...(previousAttributes === undefined ? {} : { previous_attributes: previousAttributes }),
    },
    livemode: parts.livemode ?? false,
    pending_webhooks: 1,
    request: { id: testId('req'), idempotency_key: null },
    type,
    ...(parts.account === undefined ? {} : { account: parts.account }),
    ...(parts.context === undefined ? {} : { context: parts.context }),
  };
}

/** An id that no other object has. */
export function testId(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString('hex')}`;
}
