import type { StripeErrorCode } from './error-codes';
import { InternalError } from './request.errors';
import { StripeEventsError } from './stripe-events.error';

/** The body of every HTTP answer of this package that says no. */
export interface ErrorBody {
  /** The status of the answer. */
  readonly statusCode: number;
  /** Which of the documented cases this is. */
  readonly code: StripeErrorCode;
  /** Words for a person. Never a stack, a secret or a payload; they may change between versions. */
  readonly message: string;
}

/** What Nest's HttpException offers. Told by its methods, since the errors know no framework. */
interface HttpExceptionLike {
  getStatus(): number;
  getResponse(): unknown;
}

/**
 * The answer to an error: the package's own errors by their status and code, the refusals of the application's guards and
 * pipes with their own status. Of everything else, only that it happened. Never throws.
 */
export function errorBody(error: unknown): ErrorBody {
  if (error instanceof StripeEventsError) {
    return ownError(error);
  }
  return refusalOf(error) ?? ownError(new InternalError());
}

/** What failed inside is for the log: the caller learns its code, and no configuration or driver's words. */
function ownError({ httpStatus: statusCode, code, message }: StripeEventsError): ErrorBody {
  return { statusCode, code, message: statusCode === 500 ? new InternalError().message : message };
}

function refusalOf(error: unknown): ErrorBody | null {
  if (!isHttpException(error)) {
    return null;
  }
  const statusCode = error.getStatus();
  if (statusCode < 400 || statusCode > 499) {
    return null;
  }
  const code = [401, 403].includes(statusCode) ? 'STRIPE_EVENTS_UNAUTHORIZED' : 'STRIPE_EVENTS_INVALID_REQUEST';
  return { statusCode, code, message: messageOf(error.getResponse()) };
}

function isHttpException(error: unknown): error is HttpExceptionLike {
  const { getStatus, getResponse } = (error ?? {}) as Partial<Record<keyof HttpExceptionLike, unknown>>;
  return typeof getStatus === 'function' && typeof getResponse === 'function';
}

/** A response is a text, or an object whose message is a text or, of a ValidationPipe, several. */
function messageOf(response: unknown): string {
  const { message } = (response ?? {}) as { message?: unknown };
  const words = typeof response === 'string' ? response : message;
  const texts = (Array.isArray(words) ? words : [words]).filter((text): text is string => typeof text === 'string');
  return texts.length > 0 ? texts.join('; ') : 'The request was refused.';
}
