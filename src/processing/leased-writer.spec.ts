import { describe, expect, it, jest } from '@jest/globals';
import { Stop } from '../common';
import type { Dialect } from '../database';
import type { LeasedWrite } from '../events';
import { LeasedWriter } from './leased-writer';

const PATIENCE_MS = 60_000;
const write = (id: string): LeasedWrite => ({
  lease: { id, leaseNo: 1, replayNo: 0 },
  outcome: { status: 'succeeded' },
});

/** A ledger that answers as it is told. */
class Ledger {
  readonly batches: string[][] = [];
  nowMs = 0;
  fails: (ids: string[]) => boolean = () => false;
  lost = new Set<string>();
  classified: 'refused' | 'unavailable' = 'unavailable';

  readonly writer = new LeasedWriter(
    {
      write: async (writes) => {
        const ids = writes.map(({ lease }) => lease.id);
        this.batches.push(ids);
        await new Promise((resolve) => setImmediate(resolve));
        if (this.fails(ids)) {
          throw new Error('no');
        }
        return new Set(writes.filter(({ lease }) => this.lost.has(lease.id)));
      },
    },
    { dialect: { classify: () => this.classified } as unknown as Dialect },
    { now: () => this.nowMs },
    PATIENCE_MS,
  );
  readonly write = (id: string, stop = new Stop()): Promise<boolean> => this.writer.write(write(id), stop);
}

describe('a writer of outcomes', () => {
  it('lets those share a statement that come together, or while one is under way', async () => {
    const ledger = new Ledger();
    const written = ['a', 'b'].map((id) => ledger.write(id));
    await Promise.resolve();
    written.push(...['c', 'd'].map((id) => ledger.write(id)));
    expect(await Promise.all(written)).toEqual([true, true, true, true]);
    expect(ledger.batches).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('tells each whether its lease held', async () => {
    const ledger = new Ledger();
    ledger.lost.add('b');
    expect(await Promise.all(['a', 'b', 'c'].map((id) => ledger.write(id)))).toEqual([true, false, true]);
  });

  it('tries again while the lease may hold, and not for ever', async () => {
    const ledger = new Ledger();
    ledger.fails = () => ledger.batches.length < 3;
    expect(await ledger.write('a')).toBe(true);
    expect(ledger.batches).toHaveLength(3);

    ledger.fails = () => {
      ledger.nowMs += PATIENCE_MS + 1;
      return true;
    };
    await expect(ledger.write('b')).rejects.toThrow('no');
    expect(ledger.batches).toHaveLength(4);
  });

  it('gives up at once when trying again is pointless', async () => {
    const ledger = new Ledger();
    const stop = new Stop();
    ledger.fails = () => {
      stop.abort(new Error('stopped'));
      return true;
    };
    await expect(ledger.write('a', stop)).rejects.toThrow('no');
    expect(ledger.batches).toHaveLength(1);
  });

  it('fails no other event of a batch because of one that is refused', async () => {
    const ledger = new Ledger();
    ledger.classified = 'refused';
    ledger.fails = (ids) => ids.includes('bad');
    const stop = new Stop();
    const [first, bad, good] = [ledger.write('first'), ledger.write('bad', stop), ledger.write('good')];
    stop.abort(new Error('stopped'));
    await expect(bad).rejects.toThrow('no');
    expect(await Promise.all([first, good])).toEqual([true, true]);
  });

  it('leaves no timer behind when it is told to stop while it waits', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    const ledger = new Ledger();
    const stop = new Stop();
    ledger.fails = () => true;
    const written = ledger.write('a', stop);
    const failed = expect(written).rejects.toThrow('no');
    while (jest.getTimerCount() === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    stop.abort(new Error('stopped'));
    await failed;
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });
});
