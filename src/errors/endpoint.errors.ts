import { StripeEventsError } from './stripe-events.error';

/** The webhook endpoint at this address was not made by this module, and nobody has said that it may be changed. */
export class EndpointNotOwnedError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_ENDPOINT_NOT_OWNED';
  override readonly httpStatus = 409;

  constructor(
    /** The endpoint, `we_…`. */
    readonly endpointId: string,
  ) {
    super(
      `The webhook endpoint ${endpointId} at this address was made by somebody else. ` +
        `To have this module look after it, say so: { takeOver: '${endpointId}' }.`,
    );
  }
}

/** Several webhook endpoints could be meant, and changing the wrong one would lose events. */
export class EndpointAmbiguousError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_ENDPOINT_AMBIGUOUS';
  override readonly httpStatus = 409;

  constructor(
    /** The endpoints, `we_…`. */
    readonly endpointIds: readonly string[],
  ) {
    super(
      `Several webhook endpoints could be meant: ${endpointIds.join(', ')}. ` +
        `Delete what is not needed, or name one of them in takeOver.`,
    );
  }
}

/** There is no such webhook endpoint at Stripe. */
export class EndpointNotFoundError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_ENDPOINT_NOT_FOUND';
  override readonly httpStatus = 404;

  constructor() {
    super('There is no such webhook endpoint in this account and mode. apply() creates the one that is declared.');
  }
}
