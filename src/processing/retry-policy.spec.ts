import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { retryDelayMs } from './retry-policy';

const POLICY = { maxAttempts: 16, baseMs: 10_000, factor: 3, maxMs: 21_600_000 };

describe('the delay before a retry', () => {
  it('grows with each attempt, up to its bound', () => {
    const longest = (attempt: number): number => retryDelayMs(POLICY, attempt, 0.999_999_999);

    expect([1, 2, 3, 4].map(longest)).toEqual([9_999, 29_999, 89_999, 269_999]);
    expect(longest(1_000_000)).toBe(21_599_999);
  });

  it('is a whole number from nothing to the bound, whatever happens', () => {
    const attempts = fc.integer({ min: -5, max: 1_000_000 });
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(attempts, chance, (attempt, random) => {
        const delayMs = retryDelayMs(POLICY, attempt, random);
        return Number.isInteger(delayMs) && delayMs >= 0 && delayMs <= POLICY.maxMs;
      }),
    );
  });
});
