import { describe, expect, it } from '@jest/globals';
import { windowMs } from './window';

describe('windowMs', () => {
  it.each([
    ['1m', 60_000],
    ['15m', 900_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
    ['90d', 7_776_000_000],
    ['2160h', 7_776_000_000],
  ])('reads %s', (text, ms) => {
    expect(windowMs(text)).toBe(ms);
  });

  it.each(['', '0m', '91d', '2161h', '1s', '1', 'h', '1.5h', '-1h', ' 1h', '1h ', '1H', '01h', '1e3m', '9999999m', 24])(
    'refuses %p',
    (text) => {
      expect(windowMs(text)).toBeNull();
    },
  );
});
