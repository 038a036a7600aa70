import type Stripe from 'stripe';
import { sleep, stopwatch, type Clock } from '../common';

/** How politely the API is asked. */
export interface ReaderLimits {
  /** Most requests a second. Stripe allows 25 of one kind: https://docs.stripe.com/rate-limits. @default 20 */
  readonly requestsPerSecond: number;
  /** How often a request is made in all before it has failed. @default 10 */
  readonly tries: number;
  /** The pause after the first failure, in milliseconds; each further one is twice as long. @default 1_000 */
  readonly firstPauseMs: number;
  /** No pause is longer, unless Stripe asks for it, in milliseconds. @default 60_000 */
  readonly longestPauseMs: number;
  /** How long an answer may take, in milliseconds. @default 60_000 */
  readonly timeoutMs: number;
}

/** An answer of the API. */
export interface StripeAnswer {
  /** As it is written, where the SDK's HTTP client gives that: numbers and spacing are those of Stripe. */
  readonly text: string;
  readonly body: unknown;
}

const DEFAULTS: ReaderLimits = {
  requestsPerSecond: 20,
  tries: 10,
  firstPauseMs: 1_000,
  longestPauseMs: 60_000,
  timeoutMs: 60_000,
};
/** However long Stripe asks for: somebody is waiting. */
const LONGEST_ASKED_PAUSE_MS = 600_000;

/** Reads much from the API without being a burden: paced, and again after what passes by itself. */
export class StripeReader {
  private readonly limits: ReaderLimits;
  private nextAtMs = 0;

  constructor(
    limits: Partial<ReaderLimits> = {},
    private readonly clock: Clock = stopwatch,
  ) {
    this.limits = { ...DEFAULTS, ...limits };
  }

  /**
   * What the API answers to a GET.
   *
   * @param path with its query
   * @throws the SDK's error, when asking again cannot help or has not helped; the signal's reason when it is aborted
   */
  async get(client: Stripe, path: string, signal: AbortSignal): Promise<StripeAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      await this.turn(signal);
      try {
        return await this.ask(client, path, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (attempt >= this.limits.tries || !passesByItself(error)) {
          throw error;
        }
        await sleep(this.pauseMs(attempt, error), signal);
      }
    }
  }

  /** Requests are spread evenly: a second's worth at once would be a burst in the next one's second. */
  private async turn(signal: AbortSignal): Promise<void> {
    const now = this.clock.now();
    const at = Math.max(now, this.nextAtMs);
    this.nextAtMs = at + 1_000 / this.limits.requestsPerSecond;
    await sleep(at - now, signal);
    signal.throwIfAborted();
  }

  /** With a time limit of its own: the SDK's does not cover the body, and stripe 20 waits for a lost one for ever. */
  private async ask(client: Stripe, path: string, signal: AbortSignal): Promise<StripeAnswer> {
    const either = AbortSignal.any([signal, AbortSignal.timeout(this.limits.timeoutMs)]);
    const answer = client
      // Streamed, so that the SDK leaves the body as it is. The retries are this class's; stripe 20 adds the client's own.
      .rawRequest('GET', path, undefined, { streaming: true, maxNetworkRetries: 0 })
      .then((answered) => textOf(answered, either));
    const text = await untilAborted(answer, either);
    return { text, body: JSON.parse(text) as unknown };
  }

  private pauseMs(attempt: number, error: unknown): number {
    const { firstPauseMs, longestPauseMs } = this.limits;
    const pause = Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs) * (0.5 + 0.5 * Math.random());
    return Math.max(pause, Math.min(askedPauseMs(error), LONGEST_ASKED_PAUSE_MS));
  }
}

/** 429, 409, 5xx, and whatever kept an answer from coming whole. */
function passesByItself(error: unknown): boolean {
  const { statusCode } = error as { statusCode?: unknown };
  return typeof statusCode === 'number'
    ? statusCode === 429 || statusCode === 409 || statusCode >= 500
    : isBroken(error);
}

function isBroken(error: unknown): boolean {
  const { type, code, name } = error as { type?: unknown; code?: unknown; name?: unknown };
  return (
    type === 'StripeConnectionError' || name === 'TimeoutError' || name === 'SyntaxError' || typeof code === 'string'
  );
}

/** `Retry-After`, in seconds or as a date. */
function askedPauseMs(error: unknown): number {
  const { headers } = error as { headers?: Readonly<Record<string, unknown>> };
  const header = headers?.['retry-after'];
  const asked = typeof header === 'string' ? header : '';
  const ms = /^\d+$/.test(asked) ? Number(asked) * 1_000 : Date.parse(asked) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

/** The SDK gives what its HTTP client streams; one that does not stream gives the parsed body. */
async function textOf(answered: unknown, signal: AbortSignal): Promise<string> {
  if (!isStream(answered)) {
    return JSON.stringify(answered);
  }
  signal.addEventListener('abort', () => answered.destroy?.(), { once: true });
  const chunks: Uint8Array[] = [];
  for await (const chunk of answered) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

type ByteStream = AsyncIterable<Uint8Array> & { destroy?: () => void };

function isStream(value: unknown): value is ByteStream {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value && !('data' in value);
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', stop);
    });
  });
}
