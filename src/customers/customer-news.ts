import {
  asJsonObject,
  columnText,
  customerOfEvent,
  eventOf,
  isJsonObject,
  type EventEntity,
  type JsonObject,
} from '../events';

/** What described a customer last. */
export type DescribedBy = 'created' | 'updated' | 'deleted' | 'sync';

/** What an event or a sync says of a customer. All times are epoch milliseconds, by Stripe's clock. */
export interface CustomerNews {
  readonly endpoint: string;
  readonly stripeId: string;
  readonly account: string | null;
  /** The mode, for a customer that is not known yet and not described. */
  readonly livemode: boolean;
  /** The whole object; null where there is only word of its deletion. */
  readonly description: JsonObject | null;
  readonly describedBy: DescribedBy | null;
  /** When the event was made; null for a sync. */
  readonly eventAt: number | null;
  /** When the request was sent that brought it; null for an event. */
  readonly syncedAt: number | null;
  readonly deletedAt: number | null;
}

/** What an event says of the customer it is about; null when it is about something else. */
export function newsOfEvent(event: EventEntity): CustomerNews | null {
  const message = eventOf(event);
  const customer = customerObjectOf(message);
  // The object's own id: a person may have linked the event to another customer.
  const stripeId = customer === null ? null : customerOfEvent(message).customerId;
  if (customer === null || stripeId === null) {
    return null;
  }
  const { endpoint, account, livemode, kind, createdAt, receivedAt } = event;
  const isStub = customer.deleted === true;
  const deletes = isStub || kind === 'customer.deleted';
  return {
    ...{ endpoint, stripeId, account, livemode, syncedAt: null },
    description: isStub ? null : customer,
    describedBy: isStub ? null : deletes ? 'deleted' : kind === 'customer.created' ? 'created' : 'updated',
    // An event that does not say when it was made only fills in what nothing is known of.
    eventAt: createdAt?.getTime() ?? 0,
    deletedAt: deletes ? (createdAt ?? receivedAt).getTime() : null,
  };
}

/** Where a customer was seen, and when. */
export interface Sighting {
  readonly endpoint: string;
  readonly account: string | null;
  readonly livemode: boolean;
  /** When the request was sent, in epoch milliseconds by Stripe's clock. */
  readonly seenAt: number;
}

/** What an object that was fetched from Stripe says, whole or the stub of a deleted one; null when it is no customer. */
export function newsOfSync(customer: unknown, { seenAt, ...place }: Sighting): CustomerNews | null {
  if (!isCustomer(customer)) {
    return null;
  }
  const isStub = customer.deleted === true;
  return {
    ...place,
    stripeId: customer.id,
    description: isStub ? null : customer,
    describedBy: isStub ? null : 'sync',
    eventAt: null,
    syncedAt: seenAt,
    deletedAt: isStub ? seenAt : null,
  };
}

/** The customer object that an event is about; null when it is about something else. */
function customerObjectOf(message: unknown): JsonObject | null {
  const object = asJsonObject(asJsonObject(message).data).object;
  return isCustomer(object) ? object : null;
}

function isCustomer(object: unknown): object is JsonObject & { readonly id: string } {
  return isJsonObject(object) && object.object === 'customer' && columnText(object.id) !== null;
}
