import type { Stripe } from 'stripe';
import type { EntityManager } from 'typeorm';
import type { CustomerEntity } from '../customers';
import type { EventEntity } from '../events';

/** What a handler is given beside the event: what is known about it, and the means to act on it. */
export interface StripeHandlerContext {
  /** The stored event. */
  readonly record: EventEntity;

  /** The customer the event concerns; null when it concerns none. A placeholder when only its id is known yet. */
  readonly customer: CustomerEntity | null;

  /** Which call of this handler for this event this is, from 1. */
  readonly attempt: number;

  /**
   * Aborted when the result will not be recorded any more: the time is up (`HandlerTimeoutError`), another worker has
   * the event (`LeaseLostError`), or the application shuts down (`ShutdownError`). The reason is that error.
   */
  readonly signal: AbortSignal;

  /**
   * The same on every attempt of this handler on this event, and on no other. Hand it to whatever takes idempotency
   * keys, so that a repeated attempt does not repeat what the first one did.
   */
  readonly idempotencyKey: string;

  /** The Stripe API, acting for the account the event belongs to. */
  readonly stripe: Stripe;

  /**
   * The database. With `transactional: true` it is the transaction in which this run's success is recorded: what is
   * written through it is there if, and only if, the run counts as done. Otherwise it is the data source's own manager.
   */
  readonly manager: EntityManager;

  /**
   * The object the event is about as Stripe has it now, or null if it was deleted. Events come in no particular order,
   * so what an event carries may be older than what is known already.
   *
   * @throws {FetchUnsupportedError} when the event names no object that can be fetched by its id
   */
  fetchLatest<T extends object = Record<string, unknown>>(): Promise<T | null>;

  /**
   * The same, by the name that Stripe's SDK has for it on thin events: the object that `related_object` names, as Stripe
   * has it now, or null if it was deleted. For its type: `fetchRelatedObject<StripeRelatedObjectOf<'v1.charge.failed'>>()`.
   *
   * @throws {FetchUnsupportedError} when the event names no object that can be fetched
   */
  fetchRelatedObject<T extends object = Record<string, unknown>>(): Promise<T | null>;

  /**
   * The event as Stripe gives it: of a thin one, with the `data` and `changes` that are not delivered. Null when Stripe has
   * it no more: events can be fetched for 30 days (https://docs.stripe.com/api/v2/core/events/retrieve). One request,
   * however often a call of the handler asks. For its type: `fetchEvent<StripeFetchedEventOf<'v1.charge.failed'>>()`.
   */
  fetchEvent<T extends object = Record<string, unknown>>(): Promise<T | null>;
}
