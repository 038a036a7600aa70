import { StripeEventsError } from './stripe-events.error';

/** A parameter of an administration request cannot be used. */
export class InvalidRequestError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_INVALID_REQUEST';
  override readonly httpStatus = 400;

  /** @param problems one sentence each, naming the parameter; never its value */
  constructor(readonly problems: readonly string[]) {
    super(`The request cannot be answered: ${problems.join('; ')}.`);
  }
}

/** The administration request carries no token, or not the right one. */
export class UnauthorizedError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_UNAUTHORIZED';
  override readonly httpStatus = 401;

  constructor() {
    super('Send the admin token: "Authorization: Bearer <token>".');
  }
}

/** The administration is for looking only: `admin.readOnly`. */
export class ReadOnlyError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_READ_ONLY';
  override readonly httpStatus = 403;

  constructor() {
    super('The administration is read-only here.');
  }
}

/** No event is stored under this id. */
export class EventNotFoundError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_EVENT_NOT_FOUND';
  override readonly httpStatus = 404;

  constructor() {
    super('No event is stored under this id.');
  }
}

/** The event is being handled at this moment, so it cannot be replayed yet. */
export class EventBusyError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_EVENT_BUSY';
  override readonly httpStatus = 409;

  constructor() {
    super('The event is being handled at this moment. Replay it when it has settled.');
  }
}

/** Stripe has no copy of the event any more, or not for this key, so that nothing can be said of it. */
export class EventOutOfReachError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_EVENT_OUT_OF_REACH';
  override readonly httpStatus = 410;

  constructor(options?: ErrorOptions) {
    super(
      'Stripe keeps events for 30 days, and shows each only to the keys of its mode: this one cannot be compared.',
      options,
    );
  }
}

/** No customer is stored under this id. */
export class CustomerNotFoundError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_CUSTOMER_NOT_FOUND';
  override readonly httpStatus = 404;

  constructor() {
    super('No customer is stored under this id.');
  }
}

/** The customer has another owner, and an owner is never changed silently. */
export class OwnerTakenError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_OWNER_TAKEN';
  override readonly httpStatus = 409;

  constructor() {
    super('The customer has another owner. Unlink that one first, if the customer shall be given to somebody else.');
  }
}

/** Several accounts have something of this id, and none was named. */
export class AmbiguousIdError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_AMBIGUOUS_ID';
  override readonly httpStatus = 409;

  constructor(
    what: 'event' | 'customer',
    /** The names of the accounts that have it. */
    readonly endpoints: readonly string[],
  ) {
    super(`Several accounts have the ${what} of this id: ${endpoints.join(', ')}. Say which is meant, as endpoint.`);
  }
}

/** Something failed that the caller can do nothing about. The cause is in the application's log. */
export class InternalError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_INTERNAL';

  constructor(options?: ErrorOptions) {
    super('The request failed. The application log says why.', options);
  }
}
