import { StripeEventsError } from './stripe-events.error';

/** What was given is no customer of Stripe's, or none that can be stored. */
export class InvalidCustomerError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_INVALID_CUSTOMER';
  override readonly httpStatus = 400;

  constructor(options?: ErrorOptions) {
    super(
      'This is not a customer of Stripe that can be stored: give its id, or an object with "object": "customer" and an id of 1 to 255 characters.',
      options,
    );
  }
}

/** Stripe has no customer of this id: it belongs to another account or to the other mode, or there never was one. */
export class CustomerMissingError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_CUSTOMER_MISSING';
  override readonly httpStatus = 404;

  constructor(options?: ErrorOptions) {
    super('Stripe has no customer of this id in this account and mode.', options);
  }
}

/** The Stripe API refused a request, or did not answer. The cause is the SDK's error. */
export class StripeApiError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_API_FAILED';
  override readonly httpStatus = 502;

  constructor(
    /** The status of Stripe's answer; null when there was none. */
    readonly status: number | null,
    options?: ErrorOptions,
  ) {
    super(
      status === null
        ? 'The Stripe API did not answer. Try again.'
        : `The Stripe API answered ${status}. ${status === 429 || status >= 500 ? 'Try again later.' : 'The cause says why.'}`,
      options,
    );
  }
}

/** A sync of all customers found none of those that were known: it asked another account, or the other mode. */
export class AccountMismatchError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_ACCOUNT_MISMATCH';

  constructor() {
    super(
      'Stripe has none of the customers that were known here, so this is probably the key of another account or mode. None was marked as deleted.',
    );
  }
}
