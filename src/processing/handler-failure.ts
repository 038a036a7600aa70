import { describeError } from '../common';
import { RetryEventError, UnrecoverableEventError } from '../errors';
import { askedPauseMs } from '../stripe-api';

/** What a handler wants by throwing what it threw. */
export interface HandlerFailure {
  /** What was thrown, without secrets, at most 2,000 characters. */
  readonly text: string;
  /** After how many milliseconds it wants to be called again without using up an attempt; null when it does not ask. */
  readonly retryAfterMs: number | null;
  /** Whether calling it again cannot help. */
  readonly unrecoverable: boolean;
}

/** A longer delay is taken for this one: dates end somewhere, and a ledger that waits for years is a mistake. */
const LONGEST_DELAY_MS = 365 * 24 * 60 * 60 * 1_000;

/** Those of the SDK, for versions 1 and 2 of the API: https://docs.stripe.com/error-handling#rate-limit-errors. */
const RATE_LIMIT_ERRORS: ReadonlySet<unknown> = new Set(['StripeRateLimitError', 'RateLimitError']);
/** No shorter, or a handler that uses up no attempts would be called over and over. */
const SHORTEST_ASKED_PAUSE_MS = 1_000;

/** Reads whatever was thrown; never throws itself. */
export function readFailure(error: unknown): HandlerFailure {
  return {
    text: describeError(error),
    retryAfterMs: isInstance(error, RetryEventError) ? delayOf(error) : rateLimitPauseMs(error),
    unrecoverable: isInstance(error, UnrecoverableEventError),
  };
}

/** `instanceof`, which throws where what was thrown is a proxy that does. */
export function isInstance<T>(value: unknown, type: abstract new (...parts: never[]) => T): value is T {
  try {
    return value instanceof type;
  } catch {
    return false;
  }
}

/** A number of milliseconds that can be stored, whatever JavaScript callers have put there. */
function delayOf(error: RetryEventError): number {
  try {
    const { afterMs } = error;
    return typeof afterMs === 'number' && afterMs > 0 ? Math.floor(Math.min(afterMs, LONGEST_DELAY_MS)) : 0;
  } catch {
    return 0;
  }
}

/** How long Stripe asks to be left alone, where it has refused for the rate of requests and says so; null otherwise. */
function rateLimitPauseMs(error: unknown): number | null {
  try {
    const { type } = error as { type?: unknown };
    const asked = RATE_LIMIT_ERRORS.has(type) ? askedPauseMs(error) : null;
    return asked === null ? null : Math.min(Math.max(asked, SHORTEST_ASKED_PAUSE_MS), LONGEST_DELAY_MS);
  } catch {
    return null;
  }
}
