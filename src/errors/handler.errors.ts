import { StripeEventsError } from './stripe-events.error';

/**
 * Thrown by a handler that knows no retry can help: this handler's run goes to the dead letters at once.
 *
 * @example
 * throw new UnrecoverableEventError('The plan was removed from the catalogue.');
 */
export class UnrecoverableEventError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_UNRECOVERABLE';
}

/**
 * Thrown by a handler that wants to be called again after a delay, without using up an attempt: a rate-limited API has
 * said when, or another event has to come first.
 *
 * @example
 * throw new RetryEventError(30_000, 'The tax service is rate-limited.');
 */
export class RetryEventError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_RETRY_LATER';

  /** @param afterMs how long to wait before the next call, in milliseconds; at least 0 */
  constructor(
    readonly afterMs: number,
    message = 'The handler asked to be called again later.',
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A handler did not settle within its time. The reason its signal was aborted with, and the error of its run. */
export class HandlerTimeoutError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_HANDLER_TIMEOUT';

  constructor(
    /** The handler's time limit, in milliseconds. */
    readonly timeoutMs: number,
  ) {
    super(
      `The handler did not settle within ${timeoutMs} ms. Its signal was aborted; what it does from now on is not recorded.`,
    );
  }
}

/** Another worker has the event now. The reason a handler's signal was aborted with; its outcome is not recorded. */
export class LeaseLostError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_LEASE_LOST';

  constructor() {
    super('Another worker has taken the event over.');
  }
}

/** The application is shutting down. The reason a handler's signal was aborted with; the event is due again at once. */
export class ShutdownError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_SHUTDOWN';

  constructor() {
    super('The application is shutting down.');
  }
}

/** `fetchLatest()` does not know where the Stripe API keeps this kind of object. */
export class FetchUnsupportedError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_FETCH_UNSUPPORTED';

  constructor(
    /** The type of the object; null when the event names none. */
    readonly objectType: string | null,
  ) {
    super(
      objectType === null
        ? 'The event names no object with an id, so there is nothing to fetch.'
        : `Objects of type "${objectType}" cannot be fetched by their id alone. Use context.stripe.`,
    );
  }
}
