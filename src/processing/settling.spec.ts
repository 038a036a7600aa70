import { describe, expect, it, jest } from '@jest/globals';
import { Stop } from '../common';
import { orAborted, orGivenUp } from './settling';

const never = (): Promise<never> => new Promise(() => undefined);

describe('work that has to settle', () => {
  it('settles by itself where nobody stops it', async () => {
    const stop = new Stop();
    expect(await orAborted(Promise.resolve(1), stop)).toBe(1);
    await expect(orAborted(Promise.reject(new Error('no')), stop)).rejects.toThrow('no');
  });

  it.each([false, true])('is not waited for when it was stopped (before it began: %p)', async (before) => {
    const stop = new Stop();
    if (before) {
      stop.abort(new Error('stopped'));
    }
    const settled = expect(orAborted(never(), stop)).rejects.toThrow('stopped');
    stop.abort(new Error('stopped'));
    await settled;
  });

  it('may take some time after it was stopped, and no more', async () => {
    jest.useFakeTimers();
    const stop = new Stop();
    const endsInTime = orGivenUp(new Promise((resolve) => setTimeout(resolve, 900, 'done')), stop, 1_000);
    const endsLate = expect(orGivenUp(never(), stop, 1_000)).rejects.toThrow('stopped');
    stop.abort(new Error('stopped'));
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await endsInTime).toBe('done');
    await endsLate;
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it('fails nobody when it rejects after it was given up', async () => {
    const stop = new Stop();
    let fail: (error: Error) => void = () => undefined;
    const work = new Promise<never>((_resolve, reject) => (fail = reject));
    const settled = expect(orAborted(work, stop)).rejects.toThrow('stopped');
    stop.abort(new Error('stopped'));
    await settled;
    fail(new Error('too late'));
    // An unhandled rejection would end the process, and so this test.
    await new Promise((resolve) => setImmediate(resolve));
  });
});
