import type { Bucket } from '../api/types';

/** From the bottom of a bar to its top: what needs somebody is where the eye is. */
export const STACK = ['succeeded', 'ignored', 'processing', 'pending', 'dead'] as const;
export type Outcome = (typeof STACK)[number];

/** The moments in seconds, then for each outcome how high its part of the bar reaches, the topmost first. */
export type StackedData = [number[], ...number[][]];

/** Events a minute by outcome, one on top of the other. */
export function stacked(buckets: readonly Bucket[], bucketMs: number): StackedData {
  const perMinute = bucketMs / 60_000;
  const times = buckets.map(({ from }) => Date.parse(from ?? '') / 1_000);
  const reaches = STACK.map((_, index) =>
    buckets.map((bucket) => STACK.slice(0, index + 1).reduce((sum, outcome) => sum + bucket[outcome], 0) / perMinute),
  );
  return [times, ...reaches.reverse()];
}

export function total(bucket: Bucket): number {
  return STACK.reduce((sum, outcome) => sum + bucket[outcome], 0);
}
