import { columnText } from './column-text';
import { customerOfEvent } from './customer-of-event';
import { asJsonObject, isThinEvent, type JsonObject, type StripeEventLike } from './event-shape';

/** What the ledger keeps in columns of an event: each value is one that every supported database stores unchanged. */
export interface EventFacts {
  readonly stripeId: string;
  /** The event's `type`; {@link UNKNOWN_KIND} when it is not a text of 1 to 255 characters. */
  readonly kind: string;
  /** False unless the event says `true`, as a boolean or (re-posted as a form) as text. */
  readonly livemode: boolean;
  /** Always `null` for thin events: they have no version. */
  readonly apiVersion: string | null;
  readonly requestId: string | null;
  readonly idempotencyKey: string | null;
  /** 0 unless the event says a whole number that fits 31 bits. */
  readonly pendingWebhooks: number;
  /** The connected account. */
  readonly account: string | null;
  /** The path of accounts the event came from, e.g. `org_…/acct_…`. */
  readonly context: string | null;
  /** When Stripe made the event, in epoch milliseconds. */
  readonly createdAt: number | null;
  readonly objectId: string | null;
  readonly objectType: string | null;
  /** The path of a thin event's object in the Stripe API; always `null` for snapshot events. */
  readonly relatedUrl: string | null;
  /** The id of the snapshot event that tells of the same fact; always `null` for snapshot events. */
  readonly snapshotEvent: string | null;
  readonly stripeCustomerId: string | null;
  readonly customerAccount: string | null;
  /** One of the Dashboard's test events, which all carry the same id. */
  readonly isTestId: boolean;
}

/** The kind of an event whose `type` is missing or cannot be stored. */
export const UNKNOWN_KIND = 'unknown';

/** The id that all test events sent from Stripe's Dashboard share. */
export const DASHBOARD_TEST_ID = 'evt_00000000000000';

const MAX_INT = 2 ** 31 - 1;
const MAX_DATE_MS = 8.64e15;
const DIGITS = /^[0-9]{1,15}$/;
// With its zone: without one, Date.parse() would take the machine's.
const ISO_8601 = /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/;

/** The facts of an event whose id was found storable. Never throws. */
export function factsOf(event: StripeEventLike): EventFacts {
  const { customerId, customerAccount } = customerOfEvent(event);
  return {
    stripeId: event.id,
    kind: columnText(event.type) ?? UNKNOWN_KIND,
    livemode: event.livemode === true || event.livemode === 'true',
    apiVersion: columnText(event.api_version),
    ...requestOf(event),
    pendingWebhooks: countOf(event.pending_webhooks),
    account: columnText(event.account),
    context: columnText(event.context),
    createdAt: epochMs(event.created),
    ...objectOf(event),
    stripeCustomerId: customerId,
    customerAccount,
    isTestId: event.id === DASHBOARD_TEST_ID,
  };
}

// An object since API version 2017-05-25, the bare id before (stripe-cli, pkg/proxy/proxy.go); `reason.request` of a
// thin event.
function requestOf(event: JsonObject): Pick<EventFacts, 'requestId' | 'idempotencyKey'> {
  const request = event.request ?? asJsonObject(event.reason).request;
  const { id, idempotency_key: idempotencyKey } = asJsonObject(request);
  return { requestId: columnText(request) ?? columnText(id), idempotencyKey: columnText(idempotencyKey) };
}

type ObjectFacts = Pick<EventFacts, 'objectId' | 'objectType' | 'relatedUrl' | 'snapshotEvent'>;

function objectOf(event: JsonObject): ObjectFacts {
  if (isThinEvent(event)) {
    const related = asJsonObject(event.related_object);
    return {
      objectId: columnText(related.id),
      objectType: columnText(related.type),
      relatedUrl: columnText(related.url),
      snapshotEvent: columnText(event.snapshot_event),
    };
  }
  const object = asJsonObject(asJsonObject(event.data).object);
  return {
    objectId: columnText(object.id),
    objectType: columnText(object.object),
    relatedUrl: null,
    snapshotEvent: null,
  };
}

function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_INT ? value : 0;
}

// Unix seconds in a snapshot event (as text where something re-posted it as a form), ISO 8601 in a thin one.
function epochMs(created: unknown): number | null {
  const ms = isText(created, ISO_8601) ? Date.parse(created) : Math.round(secondsOf(created) * 1000);
  return Math.abs(ms) <= MAX_DATE_MS ? ms : null;
}

function secondsOf(created: unknown): number {
  return typeof created === 'number' || isText(created, DIGITS) ? Number(created) : NaN;
}

function isText(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}

/** The facts of a body that is no event. */
export function unusableFacts(stripeId: string): EventFacts {
  return factsOf({ id: stripeId });
}
