/** The process's time. A port, so that tests can set it. */
export interface Clock {
  /** Now, in epoch milliseconds. */
  now(): number;
}
export const Clock = Symbol('StripeClock');

/** The time of the machine this process runs on. */
export const systemClock: Clock = { now: () => Date.now() };

/** For durations alone: nobody sets it, and what it counts from means nothing. */
export const stopwatch: Clock = { now: () => performance.now() };
