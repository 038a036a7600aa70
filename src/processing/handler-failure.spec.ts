import { describe, expect, it } from '@jest/globals';
import { API_KEY, sdks, startStripeApi } from '../../test/support/stripe-api';
import { RetryEventError, UnrecoverableEventError } from '../errors';
import { isInstance, readFailure } from './handler-failure';

const YEAR_MS = 365 * 24 * 60 * 60 * 1_000;

/** Throws whatever is done with it. */
const hostile: unknown = new Proxy(
  {},
  {
    get: () => {
      throw new Error('get');
    },
    getPrototypeOf: () => {
      throw new Error('prototype');
    },
    ownKeys: () => {
      throw new Error('keys');
    },
  },
);
const getters = new Error('x');
for (const key of ['stack', 'message', 'name', 'cause']) {
  Object.defineProperty(getters, key, {
    get: () => {
      throw new TypeError(key);
    },
  });
}
const cyclic: Record<string, unknown> = {};
cyclic['self'] = cyclic;

describe('what a handler throws', () => {
  it.each([
    ['null', null],
    ['undefined', undefined],
    ['a text', 'no'],
    ['a number', 1],
    ['a symbol', Symbol('no')],
    ['a BigInt', 1n],
    ['a function', () => 1],
    ['an object in a circle', cyclic],
    ['an object without a prototype', Object.create(null)],
    ['an object whose getters throw', getters],
    ['a proxy that throws at everything', hostile],
    ['an error of 10 MB', new Error('x'.repeat(10 * 1024 * 1024))],
  ])('can be %s', (_what, thrown) => {
    const { text, retryAfterMs, unrecoverable } = readFailure(thrown);
    expect(text.length).toBeGreaterThan(0);
    expect(text.length).toBeLessThanOrEqual(2_000);
    expect([retryAfterMs, unrecoverable]).toEqual([null, false]);
  });

  it('is given up where it says that no retry can help', () => {
    expect(readFailure(new UnrecoverableEventError('never')).unrecoverable).toBe(true);
  });

  it.each([
    [0, 0],
    [1.9, 1],
    [-5, 0],
    [NaN, 0],
    [Infinity, YEAR_MS],
    [YEAR_MS * 2, YEAR_MS],
    ['30', 0],
    [undefined, 0],
    [10n, 0],
    [{ valueOf: (): number => 1 }, 0],
  ])('may ask for a delay of %p, and gets %p', (afterMs, expected) => {
    expect(readFailure(new RetryEventError(afterMs as number)).retryAfterMs).toBe(expected);
  });

  it('may refuse to say which delay it asks for', () => {
    const error = Object.defineProperty(new RetryEventError(1), 'afterMs', {
      get: () => {
        throw new Error('no');
      },
    });
    expect(readFailure(error).retryAfterMs).toBe(0);
  });

  describe.each(sdks)('by $name, for too many requests', ({ load }) => {
    const thrown = async (status: number, headers: Record<string, string>): Promise<unknown> => {
      const Sdk = await load();
      const api = await startStripeApi();
      api.faults.next(1, { status, headers });
      try {
        const client = new Sdk(API_KEY, { ...api.clientOptions, telemetry: false, maxNetworkRetries: 0 });
        return await client.customers.retrieve('cus_1').catch((error: unknown) => error);
      } finally {
        await api.close();
      }
    };

    it.each([
      [429, { 'retry-after': '7' }, 7_000],
      [429, { 'retry-after': '0' }, 1_000],
      [429, {}, null],
      [503, { 'retry-after': '7' }, null],
    ])('is put off where Stripe says for how long: %p %p', async (status, headers, expected) => {
      const { retryAfterMs, unrecoverable } = readFailure(await thrown(status, headers));
      expect([retryAfterMs, unrecoverable]).toEqual([expected, false]);
    });
  });

  it('is told apart safely', () => {
    expect(isInstance(new RangeError('x'), Error)).toBe(true);
    expect(isInstance(hostile, Error)).toBe(false);
    expect(isInstance(null, Error)).toBe(false);
  });
});
