import { describe, expect, it } from '@jest/globals';
import { Coalescer, type CoalescerLimits } from './coalescer';

const LIMITS: CoalescerLimits<number> = {
  maxBatch: 3,
  maxConcurrent: 1,
  maxWaiting: 5,
  weigh: (item) => item,
  maxWeight: 100,
  isolates: () => false,
};

/** Work whose batches wait until they are released. */
function manualWork(fails: (items: readonly number[]) => boolean = () => false) {
  const batches: { items: readonly number[]; release: () => void }[] = [];
  const work = async (items: readonly number[]): Promise<string[]> => {
    await new Promise<void>((resolve) => batches.push({ items, release: resolve }));
    if (fails(items)) {
      throw new Error(`failed: ${items.join()}`);
    }
    return items.map((item) => `done ${item}`);
  };
  return { batches, work };
}

/** Lets what is ready run. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a coalescer', () => {
  it('starts at once when nothing is under way, and gathers what comes behind', async () => {
    const { batches, work } = manualWork();
    const coalescer = new Coalescer(work, LIMITS);

    const results = [1, 2, 3, 4, 5].map((item) => coalescer.submit(item));
    expect(batches.map(({ items }) => items)).toEqual([[1]]);
    for (let index = 0; index < 3; index += 1) {
      batches[index]?.release();
      await settle();
    }

    expect(batches.map(({ items }) => items)).toEqual([[1], [2, 3, 4], [5]]);
    expect(await Promise.all(results)).toEqual(['done 1', 'done 2', 'done 3', 'done 4', 'done 5']);
  });

  it('starts a second batch beside the first when it is worth one', () => {
    const { batches, work } = manualWork();
    const coalescer = new Coalescer(work, { ...LIMITS, maxConcurrent: 2, worthBatch: 2 });

    void [1, 2, 3, 4, 5, 6].map((item) => coalescer.submit(item));

    expect(batches.map(({ items }) => items)).toEqual([[1], [2, 3]]);
  });

  it('starts a second batch beside the first only when it is full, where nothing else is said', async () => {
    const { batches, work } = manualWork();
    const coalescer = new Coalescer(work, { ...LIMITS, maxConcurrent: 2 });

    void [1, 2, 3].map((item) => coalescer.submit(item));
    expect(batches.map(({ items }) => items)).toEqual([[1]]);
    void [4, 5].map((item) => coalescer.submit(item));
    expect(batches.map(({ items }) => items)).toEqual([[1], [2, 3, 4]]);
    void [6, 7].map((item) => coalescer.submit(item));
    expect(batches).toHaveLength(2);

    batches[0]?.release();
    await settle();
    expect(batches.map(({ items }) => items)).toEqual([[1], [2, 3, 4], [5, 6, 7]]);
  });

  it('does not wait for a batch that is slow', () => {
    const { batches, work } = manualWork();
    const coalescer = new Coalescer(work, { ...LIMITS, maxConcurrent: 2, slowAfterMs: -1 });

    void [1, 2, 3].map((item) => coalescer.submit(item));

    expect(batches.map(({ items }) => items)).toEqual([[1], [2]]);
  });

  it('keeps a batch below its weight, and lets what weighs more travel alone', async () => {
    const { batches, work } = manualWork();
    const coalescer = new Coalescer(work, LIMITS);

    void [1, 60, 50, 200, 1].map((item) => coalescer.submit(item));
    for (let index = 0; index < 5; index += 1) {
      batches[index]?.release();
      await settle();
    }

    expect(batches.map(({ items }) => items)).toEqual([[1], [60], [50], [200], [1]]);
  });

  it('starts what is submitted together in one batch where that is asked for', async () => {
    const { batches, work } = manualWork();
    const coalescer = new Coalescer(work, { ...LIMITS, startsTogether: true });

    void [1, 2].map((item) => coalescer.submit(item));
    expect(batches).toHaveLength(0);
    await settle();

    expect(batches.map(({ items }) => items)).toEqual([[1, 2]]);
  });

  it('is saturated when as many wait as may wait', () => {
    const { work } = manualWork();
    const coalescer = new Coalescer(work, LIMITS);

    void [1, 2, 3, 4, 5].map((item) => coalescer.submit(item));
    expect(coalescer.saturated).toBe(false);
    void coalescer.submit(6);
    expect(coalescer.saturated).toBe(true);
  });

  it('fails a whole batch alike when no item is to blame', async () => {
    const { batches, work } = manualWork((items) => items.length > 1);
    const coalescer = new Coalescer(work, LIMITS);

    const results = Promise.allSettled([1, 2, 3].map((item) => coalescer.submit(item)));
    batches[0]?.release();
    await settle();
    batches[1]?.release();

    expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  });

  it('halves a batch until the item to blame is alone, one batch at a time', async () => {
    const { batches, work } = manualWork((items) => items.includes(4));
    const coalescer = new Coalescer(work, { ...LIMITS, maxBatch: 4, isolates: () => true });

    const results = Promise.allSettled([1, 2, 3, 4, 5].map((item) => coalescer.submit(item)));
    let released = 0;
    for (const { release } of batches) {
      released += 1;
      expect(batches).toHaveLength(released);
      release();
      await settle();
    }

    expect(batches.map(({ items }) => items)).toEqual([[1], [2, 3, 4, 5], [2, 3], [4, 5], [4], [5]]);
    expect((await results).map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
  });

  it('takes the items that nobody waits for any more last', async () => {
    const { batches, work } = manualWork();
    let overdue = 0;
    const coalescer = new Coalescer(work, { ...LIMITS, overdue: (item) => item <= overdue });

    const results = [1, 2, 3, 4, 5].map((item) => coalescer.submit(item));
    overdue = 3;
    for (const { release } of batches) {
      release();
      await settle();
    }

    expect(batches.map(({ items }) => items)).toEqual([[1], [4, 5], [2, 3]]);
    expect(await Promise.all(results)).toEqual(['done 1', 'done 2', 'done 3', 'done 4', 'done 5']);
  });

  it('drops an item that nobody waits for any more rather than refuse one when it is full', async () => {
    const { batches, work } = manualWork();
    let overdue = 0;
    const coalescer = new Coalescer(work, { ...LIMITS, overdue: (item) => item <= overdue });

    const results = Promise.allSettled([1, 2, 3, 4, 5, 6].map((item) => coalescer.submit(item)));
    expect(coalescer.saturated).toBe(true);
    overdue = 2;
    expect(coalescer.saturated).toBe(false);
    const late = coalescer.submit(7);
    expect(coalescer.saturated).toBe(true);
    for (const { release } of batches) {
      release();
      await settle();
    }

    expect(batches.map(({ items }) => items)).toEqual([[1], [3, 4, 5], [6, 7]]);
    expect((await results).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ]);
    expect(await late).toBe('done 7');
  });
});
