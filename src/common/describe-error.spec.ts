import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { describeError } from './describe-error';

class PaymentFailedError extends Error {}

/** The head of a description, without the stack. */
function headOf(error: unknown): string {
  return describeError(error).split('\n    at ')[0] ?? '';
}

function hostile(): object {
  return new Proxy(
    {},
    {
      get: () => {
        throw new Error('get');
      },
      ownKeys: () => {
        throw new Error('ownKeys');
      },
    },
  );
}

describe('describeError', () => {
  it('names the class, the message and the stack', () => {
    const description = describeError(new PaymentFailedError('The card was declined.'));

    expect(description).toMatch(/^PaymentFailedError: The card was declined\.\n {4}at .*describe-error\.spec/);
  });

  it('prefers the name an error gives itself', () => {
    expect(headOf(new DOMException('stopped', 'AbortError'))).toBe('AbortError: stopped');
    expect(headOf(new TypeError('x'))).toBe('TypeError: x');
    expect(headOf(new Error('x'))).toBe('Error: x');
  });

  it('knows errors of another realm', () => {
    expect(headOf(runInNewContext('new RangeError("far away")'))).toBe('RangeError: far away');
  });

  it('tells the causes, without following a circle for ever', () => {
    const error = new Error('outer', { cause: new PaymentFailedError('inner', { cause: 'root' }) });
    expect(headOf(error)).toBe('Error: outer\nCaused by PaymentFailedError: inner\nCaused by Thrown string: root');

    const circle = new Error('circle');
    circle.cause = circle;
    expect(headOf(circle).match(/Caused by/g)).toHaveLength(3);
  });

  it('tells what an AggregateError collects', () => {
    const error = new AggregateError([new Error('connect ECONNREFUSED ::1:5432'), new Error('and another')]);

    expect(headOf(error)).toBe(
      'AggregateError: \nCaused by Error: connect ECONNREFUSED ::1:5432\nCaused by Error: and another',
    );
  });

  const cyclic: Record<string, unknown> = { id: 'cus_1', email: 'jenny@example.com' };
  cyclic['self'] = cyclic;

  it.each<[string, unknown, string]>([
    ['null', null, 'Thrown null'],
    ['undefined', undefined, 'Thrown undefined'],
    ['a string', 'boom', 'Thrown string: boom'],
    ['a number', 42, 'Thrown number: 42'],
    ['a big integer', 42n, 'Thrown bigint: 42'],
    ['a symbol', Symbol('why'), 'Thrown symbol: Symbol(why)'],
    ['a function', () => 1, 'Thrown function'],
    ['a cyclic object', cyclic, 'Thrown Object with the keys: id, email, self'],
    ['an object without prototype', Object.create(null), 'Thrown object with the keys: '],
    ['an object that looks like an error', { name: 'Odd', message: 'looks like it' }, 'Odd: looks like it'],
    ['an error with a name that is none', Object.assign(new Error('x'), { name: Symbol('n') }), 'Error: x'],
    ['an object that throws at every touch', hostile(), 'Something was thrown that cannot be read.'],
  ])('takes %s', (_what, thrown, description) => {
    expect(headOf(thrown)).toBe(description);
  });

  it('takes errors whose properties throw', () => {
    const error = new Error('x');
    for (const key of ['stack', 'message', 'name', 'cause', 'errors', 'constructor']) {
      Object.defineProperty(error, key, {
        get: () => {
          throw new Error(key);
        },
      });
    }

    expect(describeError(error)).toBe('Thrown object with the keys: ');
  });

  it('is at most 2,000 characters long, also for 10 MB', () => {
    const started = performance.now();
    for (const thrown of [
      new Error('x'.repeat(10_000_000)),
      'x'.repeat(10_000_000),
      new Error('y', { cause: 'z'.repeat(10_000_000) }),
    ]) {
      expect(describeError(thrown).length).toBeLessThanOrEqual(2_000);
    }
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(describeError('x'.repeat(2_001))).toMatch(/…$/);
  });

  it('is well-formed text that every database takes', () => {
    const description = describeError(`a\0b\u001b[31m\ud83d c\r${'😀'.repeat(2_000)}`);

    expect(description).toMatch(/^Thrown string: a\uFFFDb\uFFFD\[31m\uFFFD c\uFFFD😀/);
    expect(description).toBe(Buffer.from(description, 'utf8').toString('utf8'));
    expect(Buffer.from(describeError(`${'x'.repeat(1_983)}😀😀`), 'utf8').toString('utf8')).not.toContain('\0');
  });

  it('carries no secret', () => {
    const error = new Error(`Bad key sk_live_51Abcdefgh`, { cause: new Error('of jenny@example.com') });

    expect(headOf(error)).toBe('Error: Bad key sk_live_[redacted]\nCaused by Error: of [e-mail]');
  });
});
