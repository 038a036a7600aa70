import { StripeEventsError } from './stripe-events.error';

/**
 * Why a signature was refused. Stays in the process (logs, metrics): the answer to an anonymous request is the same for
 * all of them.
 */
export type SignatureProblem =
  | 'no_header'
  | 'no_payload'
  | 'incomplete_payload'
  | 'no_secret'
  | 'malformed_header'
  | 'no_v1_signature'
  | 'no_match'
  | 'too_old'
  | 'in_future';

/** The request does not carry a signature that one of the configured secrets made over these very bytes, just now. */
export class SignatureVerificationError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_SIGNATURE_INVALID';
  override readonly httpStatus = 400;

  constructor(
    /** For the log; the sender is not told. */
    readonly problem: SignatureProblem,
  ) {
    super('The Stripe-Signature header is missing, or does not fit this body, this moment and the configured secrets.');
  }
}

/** The body is longer than `maxBodyBytes`. */
export class BodyTooLargeError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_BODY_TOO_LARGE';
  override readonly httpStatus = 413;

  constructor(
    /** The limit. */
    readonly maxBodyBytes: number,
  ) {
    super(
      `The body is longer than the ${maxBodyBytes} bytes this endpoint takes. Raise maxBodyBytes if Stripe sends such events.`,
    );
  }
}

/** Something read the request's body before this module could, and did not keep its bytes. */
export class RawBodyMissingError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_RAW_BODY_MISSING';

  constructor() {
    super(
      'The bytes of the body are gone: a parser has read them before this module could. Exclude the webhook path from ' +
        'it, have it keep the bytes as request.rawBody, or, on Express, register it after NestFactory.create().',
    );
  }
}

/** The event could not be stored now. Nothing was acknowledged; Stripe sends it again. */
export class StorageUnavailableError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_STORAGE_UNAVAILABLE';
  override readonly httpStatus = 503;

  constructor(
    /** `refused` is the database's word on this very row; the others are about its state. */
    readonly reason: 'down' | 'timeout' | 'saturated' | 'refused',
    /** Sent as `Retry-After`. */
    readonly retryAfterSeconds: number,
    options?: ErrorOptions,
  ) {
    super('The event could not be stored now. Send it again later.', options);
  }
}

/** The event is written in another API version than its account takes, with `onOtherApiVersion: 'refuse'`. Nothing was stored. */
export class ApiVersionRefusedError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_API_VERSION_REFUSED';
  override readonly httpStatus = 400;

  constructor() {
    super('The event is written in another API version than the one that is taken here.');
  }
}

/** A field of the event given to `add()` cannot be stored. Nothing was. */
export class InvalidStripeEventError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_INVALID_EVENT';
  override readonly httpStatus = 400;

  /** @param problems one sentence each, starting with the field's name; never the field's value */
  constructor(
    /** The first field that cannot be stored. */
    readonly field: string,
    readonly problems: readonly string[],
  ) {
    super(`The event cannot be stored: ${problems.join('; ')}.`);
  }
}
