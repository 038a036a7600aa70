import { describeError } from '../common';
import { RetryEventError, UnrecoverableEventError } from '../errors';

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

/** Reads whatever was thrown; never throws itself. */
export function readFailure(error: unknown): HandlerFailure {
  return {
    text: describeError(error),
    retryAfterMs: isInstance(error, RetryEventError) ? delayOf(error) : null,
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
