import { beforeEach, describe, expect, it } from '@jest/globals';
import { ClaimLanes } from './claim-lanes';
import type { Claimed, DueClaim, Lane } from './due-claim';
import { EventEntity } from './event.entity';

/** Due events by lane, and what was asked. */
class Source implements DueClaim {
  readonly asked: [Lane, number][] = [];
  readonly due = { 0: 0, 1: 0 };
  failing: Lane | undefined;

  claim(lane: Lane, limit: number): Promise<Claimed> {
    this.asked.push([lane, limit]);
    if (lane === this.failing) {
      return Promise.reject(new Error('away'));
    }
    const count = Math.min(limit, this.due[lane]);
    this.due[lane] -= count;
    const events = Array.from({ length: count }, () => Object.assign(new EventEntity(), { lane }));
    return Promise.resolve({ events, more: count === limit });
  }
}

describe('claiming from both lanes', () => {
  let source: Source;
  let now: number;
  let lanes: ClaimLanes;

  beforeEach(() => {
    source = new Source();
    now = 0;
    lanes = new ClaimLanes(source, { now: () => now }, 100);
  });

  const claim = async (limit: number): Promise<number[]> => (await lanes.claim(limit)).events.map(({ lane }) => lane);
  const replaysAsked = (): number => source.asked.filter(([lane]) => lane === 1).length;

  it('takes what comes in first, and fills up with replayed events', async () => {
    source.due[0] = 2;
    source.due[1] = 5;
    expect(await claim(4)).toEqual([0, 0, 1, 1]);
    expect(source.asked).toEqual([[0, 4], [1, 2]]); // prettier-ignore
  });

  it('takes no replayed events ahead of their places, but their share', async () => {
    source.due[0] = 3;
    source.due[1] = 100;
    const ahead = async (limit: number, of: number): Promise<Claimed> => lanes.claim(limit, of);
    const laneOf = ({ events }: Claimed): number[] => events.map(({ lane }) => lane);
    expect(laneOf(await ahead(8, 4))).toEqual([0, 0, 0, 1]);
    expect(await ahead(8, 8)).toEqual({ events: [], more: false });
    expect(source.asked.at(-1)).toEqual([0, 8]);
    for (let claims = 3; claims < 8; claims += 1) {
      expect((await ahead(8, 8)).events).toEqual([]);
    }
    expect(laneOf(await ahead(8, 8))).toEqual([1]);
  });

  it('does not ask for replayed events while those that come in take all places', async () => {
    source.due[0] = 100;
    source.due[1] = 100;
    for (let round = 1; round < 8; round += 1) {
      expect(await claim(4)).toEqual([0, 0, 0, 0]);
    }
    expect(replaysAsked()).toBe(0);
  });

  it.each([
    [4, [1, 0, 0, 0]],
    [10, [1, 1, 1, 0, 0, 0, 0, 0, 0, 0]],
    [1, [1]],
  ])('gives replayed events a share of every eighth claim of %i', async (limit, expected) => {
    source.due[0] = source.due[1] = 1_000;
    const claims: number[][] = [];
    for (let round = 1; round <= 16; round += 1) {
      claims.push(await claim(limit));
    }
    expect([claims[7], claims[15]]).toEqual([expected, expected]);
    expect(claims.flat().filter((lane) => lane === 1)).toHaveLength(2 * expected.filter((lane) => lane === 1).length);
  });

  it('leaves replayed events alone for a while when there were none', async () => {
    for (let round = 0; round < 20; round += 1) {
      await claim(4);
    }
    expect(replaysAsked()).toBe(1);
    now = 100;
    source.due[1] = 6;
    expect(await claim(4)).toEqual([1, 1, 1, 1]);
    // There were some, so there may be more.
    expect(await claim(4)).toEqual([1, 1]);
    expect(await claim(4)).toEqual([]);
    expect(await claim(4)).toEqual([]);
    expect(replaysAsked()).toBe(4);
  });

  it.each([
    ['nothing is due', 0, 0, false],
    ['fewer are due than asked for', 2, 1, false],
    ['enough come in', 4, 0, true],
    ['replayed ones fill the places', 1, 9, true],
  ])('says whether there may be more when %s', async (_when, live, replayed, more) => {
    source.due[0] = live;
    source.due[1] = replayed;
    expect((await lanes.claim(4)).more).toBe(more);
  });

  it('keeps what it has when the second question fails, and fails when it has nothing', async () => {
    source.failing = 1;
    source.due[0] = 1;
    expect(await claim(4)).toEqual([0]);
    await expect(claim(4)).rejects.toThrow('away');
  });
});
