import { describe, expect, it } from '@jest/globals';
import { isSameRelease } from './api-version';

describe('isSameRelease', () => {
  it.each([
    ['2026-10-28.endive', '2026-10-28.endive'],
    ['2026-10-28.endive', '2026-09-30.endive'],
    ['2020-08-27', '2020-08-27'],
    ['2016-03-07; orders_beta=v3', '2016-03-07; orders_beta=v3'],
    ['2026-08-26.preview', '2026-08-26.preview'],
  ])('takes %s and %s for one form', (one, other) => {
    expect(isSameRelease(one, other)).toBe(true);
    expect(isSameRelease(other, one)).toBe(true);
  });

  it.each([
    ['2026-10-28.endive', '2026-08-26.dahlia'],
    ['2020-08-27', '2019-12-03'],
    ['2020-08-27', '2026-10-28.endive'],
    ['2026-08-26.preview', '2026-07-30.preview'],
    ['2016-03-07; orders_beta=v3', '2016-03-07'],
    ['2026-10-28.endive', '2026-10-28.endive; beta=v1'],
    ['', '2026-10-28.endive'],
  ])('tells %s from %s', (one, other) => {
    expect(isSameRelease(one, other)).toBe(false);
    expect(isSameRelease(other, one)).toBe(false);
  });
});
