import { describe, expect, it } from '@jest/globals';
import { percentile } from './percentile';
import { bucketLength, emptyBuckets, MOST_BUCKETS } from './time-buckets';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('bucketLength', () => {
  it.each([
    [MINUTE, 1_000],
    [15 * MINUTE, 10_000],
    [HOUR, MINUTE],
    [DAY, 15 * MINUTE],
    [7 * DAY, 2 * HOUR],
    [90 * DAY, DAY],
  ])('divides %d ms into stretches of %d ms', (windowMs, length) => {
    expect(bucketLength(windowMs)).toBe(length);
  });

  it('never makes too many, whatever the window and wherever it ends', () => {
    for (let windowMs = MINUTE; windowMs <= 90 * DAY; windowMs = Math.floor(windowMs * 1.07) + 1) {
      const length = bucketLength(windowMs);
      for (const toMs of [1e12, 1e12 + 1, 1e12 + length - 1, 1e12 - (1e12 % length), 1e12 - (1e12 % length) - 1]) {
        expect(emptyBuckets(toMs - windowMs, toMs, length).length).toBeLessThanOrEqual(MOST_BUCKETS);
      }
    }
  });
});

describe('emptyBuckets', () => {
  it('covers the window without gaps, from a round time', () => {
    const buckets = emptyBuckets(Date.UTC(2026, 0, 1, 0, 59), Date.UTC(2026, 0, 1, 3, 1), HOUR);
    expect(buckets.map(({ from }) => from.toISOString().slice(11, 16))).toEqual(['00:00', '01:00', '02:00', '03:00']);
    expect(buckets[0]).toMatchObject({ pending: 0, processing: 0, succeeded: 0, dead: 0, ignored: 0 });
  });
});

describe('percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  it.each([
    [[], 0.5, null],
    [[7], 0.5, 7],
    [[7], 0.95, 7],
    [[1, 2], 0.5, 1],
    [hundred, 0.5, 50],
    [hundred, 0.95, 95],
  ])('of %p at %d is %p', (values, share, expected) => {
    expect(percentile(values, share)).toBe(expected);
  });
});
