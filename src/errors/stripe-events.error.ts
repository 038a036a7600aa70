import type { StripeErrorCode } from './error-codes';

/** Base class of every error this package throws. Match on `code`; messages may change. */
export abstract class StripeEventsError extends Error {
  /** Which of the documented cases this is. */
  abstract readonly code: StripeErrorCode;

  /** The status an HTTP answer to this error carries; 500 where the caller can do nothing about it. */
  readonly httpStatus: number = 500;

  /** The class. */
  override get name(): string {
    return this.constructor.name;
  }
}
