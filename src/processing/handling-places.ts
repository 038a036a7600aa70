import type { Clock, Stop } from '../common';

/** So much work is worth having at hand: about what claiming, reading and settling take on a busy database. */
const AHEAD_MS = 50;
/** At least so many may be claimed ahead while handlers are quick, however few are handled at a time. */
const LEAST_MOST_AHEAD = 50;
/** An event that waits longer goes back, since another process may have a place for it. */
const PATIENCE_MS = 1_000;
/** How much the latest event counts in the average. */
const WEIGHT = 1 / 16;

interface Waiting {
  readonly sinceMs: number;
  readonly settle: (entered: boolean) => void;
}

/**
 * Places for events whose handlers run. A place is taken for the handlers' time alone: the next events are claimed ahead
 * while handlers are quick, so that no place is idle while one event is written down and another fetched.
 */
export class HandlingPlaces {
  /** First come, first served. */
  private readonly waiting = new Set<Waiting>();
  private free: number;
  private averageMs = Number.POSITIVE_INFINITY;
  private closed = false;
  private timer: NodeJS.Timeout | undefined;

  /** @param clock for durations alone */
  constructor(
    private readonly concurrency: number,
    private readonly clock: Clock,
  ) {
    this.free = concurrency;
  }

  /** How many events are worth having in hand beside those that may be handled: none, until it is known how long that takes. */
  get ahead(): number {
    const most = Math.max(this.concurrency, LEAST_MOST_AHEAD);
    return Math.min(most, Math.floor((this.concurrency * AHEAD_MS) / this.averageMs));
  }

  /**
   * Does the work as soon as there is a place for it.
   *
   * @returns null when there was none in time, or the event was stopped before
   */
  async within<T>(work: () => Promise<T>, stop: Stop): Promise<T | null> {
    if (!(await this.enter(stop))) {
      return null;
    }
    const begin = this.clock.now();
    try {
      return await work();
    } finally {
      this.learn(this.clock.now() - begin);
      this.leave();
    }
  }

  /** Lets nobody in any more; who waits is turned away. */
  close(): void {
    this.closed = true;
    this.turnAway(Number.POSITIVE_INFINITY);
  }

  private enter(stop: Stop): Promise<boolean> | boolean {
    if (this.closed || stop.aborted) {
      return false;
    }
    if (this.free > 0) {
      this.free -= 1;
      return true;
    }
    return new Promise((resolve) => {
      const forget = stop.onAbort(() => {
        waiting.settle(false);
      });
      const waiting: Waiting = {
        sinceMs: this.clock.now(),
        settle: (entered) => {
          forget();
          this.waiting.delete(waiting);
          resolve(entered);
        },
      };
      this.waiting.add(waiting);
      this.watch(PATIENCE_MS);
    });
  }

  /** The place goes straight to who has waited longest, so that nobody comes in between. */
  private leave(): void {
    const [next] = this.waiting;
    if (next === undefined) {
      this.free += 1;
    } else {
      next.settle(true);
    }
  }

  private learn(ms: number): void {
    const known = Number.isFinite(this.averageMs);
    this.averageMs = known ? this.averageMs + (ms - this.averageMs) * WEIGHT : ms;
  }

  private watch(ms: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.turnAway(this.clock.now() - PATIENCE_MS);
      const [oldest] = this.waiting;
      if (oldest !== undefined) {
        this.watch(oldest.sinceMs + PATIENCE_MS - this.clock.now());
      }
    }, ms).unref();
  }

  private turnAway(untilMs: number): void {
    for (const waiting of this.waiting) {
      if (waiting.sinceMs > untilMs) {
        return;
      }
      // Handlers that have not ended yet tell nothing of how long they take, but that it is long.
      this.averageMs = Math.max(this.averageMs, PATIENCE_MS);
      waiting.settle(false);
    }
  }
}
