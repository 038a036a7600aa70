import type { EventEntity, StripeEventLike } from '../events';
import type { CustomerEntity } from './customer.entity';

/** What there is to tell by whose a customer is. */
export interface StripeOwnerQuestion {
  /** The customer, with what this event says of it taken over already. It has no owner. */
  readonly customer: CustomerEntity;
  /** An event that concerns the customer, as Stripe sends it. Any of its fields may be missing. */
  readonly event: StripeEventLike;
  /** The same event as it is stored. */
  readonly record: EventEntity;
}

/** The id of the application's own user whose customer this is; null or undefined where it cannot tell. */
export type StripeOwnerAnswer = string | null | undefined;

/**
 * Says whose a customer is. Asked before the handlers of an event run, for each event of a customer without an owner, so
 * it has to be quick, and to answer the same when it is asked again. Answering is enough: the owner is set, once and for
 * all, unless somebody else was first.
 */
export type StripeOwnerResolver = (question: StripeOwnerQuestion) => StripeOwnerAnswer | Promise<StripeOwnerAnswer>;

/**
 * The owner is in the customer's metadata, under this key: put there by the application when it made the customer.
 * Metadata is written with the account's own keys, or in its Dashboard (https://docs.stripe.com/metadata).
 */
export function ownerFromMetadata(key: string): StripeOwnerResolver {
  return ({ customer }) => textIn(customer.metadata, key);
}

/** Which sessions are believed. */
export interface ClientReferenceOptions {
  /**
   * Whether to believe sessions of payment links too. Who opens a payment link chooses its `client_reference_id` in the
   * URL (https://dev.to/stripe/payment-link-data-passing-1njp), so anybody can name anybody's id. @default false
   */
  readonly paymentLinks?: boolean;
}

/**
 * The owner is the `client_reference_id` of the customer's Checkout session, which the application gave when it made the
 * session; read from `checkout.session.completed` (https://docs.stripe.com/api/checkout/sessions/object).
 */
export function ownerFromClientReference({ paymentLinks = false }: ClientReferenceOptions = {}): StripeOwnerResolver {
  return ({ event }) => {
    const session = event.type === 'checkout.session.completed' ? sessionIn(event) : {};
    const isChosenByAnybody = session.payment_link !== null && session.payment_link !== undefined;
    return isChosenByAnybody && !paymentLinks ? null : textIn(session, 'client_reference_id');
  };
}

/**
 * The owner is the user who has this e-mail address. The last resort: put it behind all others, or leave it out. Nobody
 * has to prove at the checkout that an address is theirs, so whoever pays under somebody's address becomes that user's customer.
 *
 * @param findVerified gives the id of the one user who has proved that this address is theirs; null where nobody has, or
 * several have. It is called with the address as Stripe has it, never an empty one
 */
export function ownerFromVerifiedEmail(
  findVerified: (email: string) => StripeOwnerAnswer | Promise<StripeOwnerAnswer>,
): StripeOwnerResolver {
  // The events of one customer that are prepared together are about one customer object.
  const asked = new WeakMap<CustomerEntity, Promise<StripeOwnerAnswer>>();
  return ({ customer }) => {
    const email = customer.email?.trim() ?? '';
    if (email === '') {
      return null;
    }
    const answer = asked.get(customer) ?? Promise.resolve(findVerified(email));
    asked.set(customer, answer);
    return answer;
  };
}

function sessionIn(event: StripeEventLike): Record<string, unknown> {
  const { object } = (event.data ?? {}) as { object?: unknown };
  return (object ?? {}) as Record<string, unknown>;
}

function textIn(object: unknown, key: string): string | null {
  const values = typeof object === 'object' && object !== null ? Object.entries(object) : [];
  const value: unknown = values.find(([name]) => name === key)?.[1];
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}
