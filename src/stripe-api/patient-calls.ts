import { sleep } from '../common';
import { askedPauseMs } from './asked-pause';
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
  /** How long an answer may take to come whole, in milliseconds. @default 60,000 */
  readonly timeoutMs?: number;
}

const DEFAULT_ATTEMPTS = 4;
/** The SDK's own limit does not cover the body of an answer, and stripe 20 waits for a lost one for ever. */
const TIMEOUT_MS = 60_000;
/** However long Stripe asks for: somebody is waiting. */
const LONGEST_ASKED_PAUSE_MS = 600_000;
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
   * Makes the call when its turn comes, and again after a 409, 429 or 5xx and where there was no whole answer. The
   * SDK's own retries take no turns: turn them off with `maxNetworkRetries: 0`.
   *
   * @param request its signal is aborted when its answer is not waited for any more
   */
  async call<T>(
    request: (signal: AbortSignal) => Promise<T>,
    { signal, attempts = DEFAULT_ATTEMPTS }: CallOptions = {},
  ): Promise<Answered<T>> {
    for (let attempt = 1; ; attempt += 1) {
      await this.turn(signal);
      const sent = this.time.mark();
      try {
        const given = either(signal, AbortSignal.timeout(this.limits.timeoutMs ?? TIMEOUT_MS));
        const value = await untilAborted(request(given), given);
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
    return Math.max(Math.min(askedPauseMs(error) ?? 0, LONGEST_ASKED_PAUSE_MS), bound * (0.5 + 0.5 * this.random()));
  }
}

/** What may be over in a moment: https://docs.stripe.com/error-low-level. No status is no answer, or a broken one. */
function isPassing(error: unknown): boolean {
  const { statusCode, type, code, name } = error as Readonly<Record<'statusCode' | 'type' | 'code' | 'name', unknown>>;
  if (typeof statusCode === 'number') {
    return statusCode === 409 || statusCode === 429 || statusCode >= 500;
  }
  const isUnanswered = type === 'StripeConnectionError' || type === 'StripeAPIError' || name === 'TimeoutError';
  // What a body that breaks off ends with: the code of a socket, or text that is no JSON.
  return isUnanswered || typeof code === 'string' || name === 'SyntaxError';
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
