import { EVENT_STATUSES } from './event-status';
import type { StatusCounts, TimeBucket } from './event-stats';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Lengths that people can read; each divides the ones of the next unit. */
const LENGTHS = [
  ...[1, 5, 10, 30].map((n) => n * SECOND),
  ...[1, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  DAY,
];

/** Most buckets of a window. */
export const MOST_BUCKETS = 120;

/** The shortest readable length of which at most {@link MOST_BUCKETS} touch a window; one more than fit can touch it. */
export function bucketLength(windowMs: number): number {
  return LENGTHS.find((length) => Math.ceil(windowMs / length) < MOST_BUCKETS) ?? DAY;
}

/** No event of any status. */
export function noCounts(): StatusCounts {
  return Object.fromEntries(EVENT_STATUSES.map((status) => [status, 0])) as StatusCounts;
}

/** Every bucket that touches the time between the two moments, in order, empty. */
export function emptyBuckets(fromMs: number, toMs: number, bucketMs: number): TimeBucket[] {
  const first = fromMs - (fromMs % bucketMs);
  const length = Math.floor((toMs - first) / bucketMs) + 1;
  return Array.from({ length }, (_, index) => ({ from: new Date(first + index * bucketMs), ...noCounts() }));
}
