const SECOND_MS = 1_000;

/**
 * What time it is at Stripe, which dates its events by its own clock. Learnt from the `Date` of its answers, which counts
 * seconds: never ahead of the true time, and the less behind the more answers there were.
 */
export class StripeTime {
  /** How far Stripe's clock is ahead of the stopwatch, at least. */
  private aheadMs: number | undefined;

  /**
   * @param stopwatch runs evenly; nobody sets it
   * @param clock this machine's own time, as long as no answer has told Stripe's
   */
  constructor(
    private readonly stopwatch: () => number,
    private readonly clock: () => number,
  ) {}

  /** Now, by the stopwatch: to be asked for when a request is sent. */
  mark(): number {
    return this.stopwatch();
  }

  /** Takes in when Stripe answered a request, by its own clock. */
  learn(answeredAtMs: number, sentAt: number): void {
    const atLeast = answeredAtMs - this.stopwatch();
    const atMost = answeredAtMs + SECOND_MS - sentAt;
    this.aheadMs = Math.min(Math.max(atLeast, this.aheadMs ?? atLeast), atMost);
  }

  /** A moment of the stopwatch in epoch milliseconds, by Stripe's clock. */
  at(mark: number): number {
    const aheadMs = this.aheadMs ?? this.clock() - this.stopwatch();
    return Math.floor(mark + aheadMs);
  }

  /** Now, in epoch milliseconds, by Stripe's clock. */
  now(): number {
    return this.at(this.stopwatch());
  }
}

/** When Stripe made an answer, in epoch milliseconds; null where that is not said. */
export function answeredAt(answer: unknown): number | null {
  const headers = (answer as { lastResponse?: { headers?: unknown } | null } | null)?.lastResponse?.headers;
  // A plain object with Node's client, a Headers with fetch().
  const date = headers instanceof Headers ? headers.get('date') : (headers as { date?: unknown } | undefined)?.date;
  const ms = typeof date === 'string' ? Date.parse(date) : NaN;
  return Number.isNaN(ms) ? null : ms;
}
