import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Stop } from '../common';
import { HandlingPlaces } from './handling-places';

describe('places for handling', () => {
  let now: number;
  let ends: Map<string, () => void>;
  let log: string[];
  let places: HandlingPlaces;

  beforeEach(() => {
    jest.useFakeTimers();
    now = 0;
    ends = new Map();
    log = [];
    make(2);
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  function make(concurrency: number): void {
    places = new HandlingPlaces(concurrency, { now: () => now });
  }

  /** Handles until it is told to end. */
  function handle(name: string, stop = new Stop()): Promise<unknown> {
    const work = (): Promise<string> => {
      log.push(`begin ${name}`);
      return new Promise((resolve) => ends.set(name, () => resolve(name)));
    };
    return places.within(work, stop).finally(() => log.push(`out ${name}`));
  }

  async function end(name: string, ms = 0): Promise<void> {
    await settled();
    now += ms;
    ends.get(name)!();
    await settled();
  }

  const settled = (): Promise<void> => jest.advanceTimersByTimeAsync(0);

  async function pass(ms: number): Promise<void> {
    now += ms;
    await jest.advanceTimersByTimeAsync(ms);
  }

  it('are given to those who came first', async () => {
    const all = ['a', 'b', 'c', 'd'].map((name) => handle(name));
    await settled();
    expect(log).toEqual(['begin a', 'begin b']);
    await end('b');
    await end('a');
    expect(log.filter((line) => line.startsWith('begin'))).toEqual(['begin a', 'begin b', 'begin c', 'begin d']);
    await end('c');
    await end('d');
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are given back by work that fails', async () => {
    await expect(places.within(() => Promise.reject(new Error('no')), new Stop())).rejects.toThrow('no');
    const all = ['a', 'b'].map((name) => handle(name));
    await settled();
    expect(log).toEqual(['begin a', 'begin b']);
    await end('a');
    await end('b');
    await Promise.all(all);
  });

  it('are not waited for by an event that is stopped, before or meanwhile', async () => {
    const stop = new Stop();
    const before = [handle('a'), handle('b')];
    const waiting = handle('c', stop);
    await settled();
    stop.abort(new Error('enough'));
    expect(await waiting).toBeNull();
    expect(await handle('d', stop)).toBeNull();
    await end('a');
    await end('b');
    await Promise.all(before);
    expect(log).not.toContain('begin c');
    expect(log).not.toContain('begin d');
  });

  it('are closed at once for those who wait, and those who come later', async () => {
    const running = [handle('a'), handle('b')];
    const waiting = handle('c');
    await settled();
    places.close();
    expect([await waiting, await handle('d')]).toEqual([null, null]);
    await end('a');
    await end('b');
    expect(await Promise.all(running)).toEqual(['a', 'b']);
  });

  it('are waited for no longer than a second, each event by itself', async () => {
    const running = [handle('a'), handle('b')];
    const first = handle('c');
    await pass(600);
    const second = handle('d');
    await pass(399);
    expect(log.filter((line) => line.startsWith('out'))).toEqual([]);
    await pass(1);
    expect(await first).toBeNull();
    await pass(599);
    expect(log.filter((line) => line.startsWith('out'))).toEqual(['out c']);
    await pass(1);
    expect(await second).toBeNull();
    await end('a');
    await end('b');
    await Promise.all(running);
  });

  describe('ahead of which events are claimed', () => {
    /** Handles so many events, each in so many milliseconds. */
    async function learn(count: number, ms: number): Promise<void> {
      for (let index = 0; index < count; index += 1) {
        const handled = handle('x');
        await end('x', ms);
        await handled;
      }
    }

    it('say none before they know how long handlers take', () => {
      expect(places.ahead).toBe(0);
    });

    it.each([
      [2, 0, 50],
      [80, 0.1, 80],
      [2, 10, 10],
      [10, 100, 5],
      [10, 600, 0],
    ])('say for %d places and %d ms: %d', async (concurrency, ms, ahead) => {
      make(concurrency);
      await learn(3, ms);
      expect(places.ahead).toBe(ahead);
    });

    it('follow handlers that become slow, and quick again', async () => {
      await learn(1, 1);
      await learn(100, 200);
      expect(places.ahead).toBe(0);
      await learn(100, 1);
      expect(places.ahead).toBe(50);
    });

    it('say none as soon as somebody waited too long, whatever handlers took before', async () => {
      await learn(5, 0);
      const running = [handle('a'), handle('b')];
      const waiting = handle('c');
      await pass(1_000);
      expect(await waiting).toBeNull();
      expect(places.ahead).toBe(0);
      await end('a');
      await end('b');
      await Promise.all(running);
    });
  });
});
