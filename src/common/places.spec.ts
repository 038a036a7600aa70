import { describe, expect, it } from '@jest/globals';
import { Places } from './places';

/** Work that ends when it is told to. */
function workOf(log: string[], name: string): { work: () => Promise<string>; end: () => void } {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const work = async (): Promise<string> => {
    log.push(name);
    await ended;
    return name;
  };
  return { work, end };
}

const idle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('places', () => {
  it('are for so many at once; the others come in as they came', async () => {
    const places = new Places(2);
    const log: string[] = [];
    const all = ['a', 'b', 'c', 'd'].map((name) => ({ name, ...workOf(log, name) }));
    const done = all.map(({ work }) => places.within(work));
    await idle();
    expect(log).toEqual(['a', 'b']);
    for (const { end } of [all[1]!, all[0]!, all[3]!, all[2]!]) {
      end();
    }
    expect(await Promise.all(done)).toEqual(['a', 'b', 'c', 'd']);
    expect(log).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are free again after work that fails', async () => {
    const places = new Places(1);
    await expect(places.within(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await places.within(() => Promise.resolve('yes'))).toBe('yes');
  });

  it('are not taken by who does not want the turn any more', async () => {
    const places = new Places(1);
    const log: string[] = [];
    const first = workOf(log, 'first');
    const controller = new AbortController();
    const running = places.within(first.work);
    const unwanted = places.within(workOf(log, 'unwanted').work, controller.signal);
    const last = places.within(() => Promise.resolve('last'));
    controller.abort(new Error('too late'));
    await expect(unwanted).rejects.toThrow('too late');
    await expect(places.within(workOf(log, 'later').work, controller.signal)).rejects.toThrow('too late');
    first.end();
    expect(await Promise.all([running, last])).toEqual(['first', 'last']);
    expect(log).toEqual(['first']);
  });
});
