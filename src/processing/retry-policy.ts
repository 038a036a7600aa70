/** When a failed event is handled again. */
export interface RetryPolicy {
  /** How often a handler is called for an event before it is given up. */
  readonly maxAttempts: number;
  /** The longest wait before the second attempt, in milliseconds. */
  readonly baseMs: number;
  /** How much longer each further wait may be. */
  readonly factor: number;
  /** No wait is longer than this, in milliseconds. */
  readonly maxMs: number;
}

/**
 * How long to wait after the `attempt`th failure: anywhere between nothing and the exponential bound ("full jitter"), so
 * that events which failed together do not come back together.
 *
 * @param random a number from 0 to below 1
 */
export function retryDelayMs({ baseMs, factor, maxMs }: RetryPolicy, attempt: number, random: number): number {
  const bound = Math.min(maxMs, baseMs * factor ** Math.max(0, attempt - 1));
  return Math.floor(bound * random);
}
