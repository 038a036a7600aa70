import { sleep } from '../common';
import { answeredAt, type StripeTime } from './stripe-time';

/** An answer of the Stripe API. */
export interface Answered<T> {
  readonly value: T;
  /** When the request was sent, in epoch milliseconds, by Stripe's clock: what the answer says was so then, or later. */
  readonly sentAt: number;
}

/** How a call is made. */
export interface CallOptions {
  /** Aborted, the call is given up, and rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** How often it is tried before its error is final. @default 4 */
  readonly attempts?: number;
}

/** What bounds the calls. */
export interface CallLimits {
  /** Stripe allows 25 a second for each of its endpoints: https://docs.stripe.com/rate-limits. */
  readonly perSecond: number;
  /** The wait after the first failure, in milliseconds; twice as long after each further one, up to the longest. */
  readonly baseMs: number;
  readonly longestMs: number;
}

const DEFAULT_ATTEMPTS = 4;
/** The SDK's own limit does not cover the body of an answer. */
const TIMEOUT_MS = 60_000;
const LIMITS: CallLimits = { perSecond: 20, baseMs: 500, longestMs: 30_000 };

/** Calls to the Stripe API that take their turns, and wait while it has too much to do, or does not answer. */
export class PatientCalls {
  private nextTurn = 0;

  constructor(
    private readonly time: StripeTime,
    private readonly limits: CallLimits = LIMITS,
    private readonly random: () => number = Math.random,
  ) {}

  /**
   * Makes the call when its turn comes, and again after a 409, 429 or 5xx and where there was no answer at all. The
   * SDK's own retries take no turns: turn them off with `maxNetworkRetries: 0`.
   */
  async call<T>(
    request: () => Promise<T>,
    { signal, attempts = DEFAULT_ATTEMPTS }: CallOptions = {},
  ): Promise<Answered<T>> {
    for (let attempt = 1; ; attempt += 1) {
      await this.turn(signal);
      const sent = this.time.mark();
      try {
        const value = await untilAborted(request(), either(signal, AbortSignal.timeout(TIMEOUT_MS)));
        const answered = answeredAt(value);
        if (answered !== null) {
          this.time.learn(answered, sent);
        }
        return { value, sentAt: this.time.at(sent) };
      } catch (error) {
        signal?.throwIfAborted();
        if (attempt >= attempts || !isPassing(error)) {
          throw error;
        }
        await sleep(this.pauseMs(attempt, error), signal);
      }
    }
  }

  /** Evenly spread, so that no second has more than its share. */
  private async turn(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const now = performance.now();
    const mine = Math.max(now, this.nextTurn);
    this.nextTurn = mine + 1_000 / this.limits.perSecond;
    if (mine > now) {
      await sleep(mine - now, signal);
      signal?.throwIfAborted();
    }
  }

  private pauseMs(attempt: number, error: unknown): number {
    const bound = Math.min(this.limits.baseMs * 2 ** (attempt - 1), this.limits.longestMs);
    return Math.max(retryAfterMs(error), bound * (0.5 + 0.5 * this.random()));
  }
}

/** What may be over in a moment: https://docs.stripe.com/error-low-level. No status is no answer. */
function isPassing(error: unknown): boolean {
  const { statusCode, type, name } = error as { statusCode?: unknown; type?: unknown; name?: unknown };
  const status = typeof statusCode === 'number' ? statusCode : null;
  return status === null
    ? type === 'StripeConnectionError' || type === 'StripeAPIError' || name === 'TimeoutError'
    : status === 409 || status === 429 || status >= 500;
}

/** How long the API asks to be left alone; the SDK's error has the headers of the answer. */
function retryAfterMs(error: unknown): number {
  const seconds = Number((error as { headers?: Record<string, unknown> }).headers?.['retry-after']);
  return seconds > 0 && seconds <= 60 ? seconds * 1_000 : 0;
}

function either(signal: AbortSignal | undefined, other: AbortSignal): AbortSignal {
  return signal === undefined ? other : AbortSignal.any([signal, other]);
}

/** The SDK cannot give a request up; its answer is not waited for. */
function untilAborted<T>(request: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
    request.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop);
    });
  });
}
