import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Stop } from '../common';
import { LeaseLostError } from '../errors';
import type { Lease } from '../events';
import { LeaseKeeper } from './lease-keeper';

const LEASE_MS = 3_000;
const lease = (id: string, leaseNo = 1): Lease => ({ id, leaseNo, replayNo: 0 });
const name = ({ id, leaseNo }: Lease): string => `${id}/${leaseNo}`;

describe('a keeper of leases', () => {
  let nowMs: number;
  let keeper: LeaseKeeper;
  let asked: string[][];
  let lost: Set<string>;
  let answer: () => Promise<void>;

  beforeEach(() => {
    jest.useFakeTimers();
    Logger.overrideLogger(false);
    nowMs = 0;
    asked = [];
    lost = new Set();
    answer = () => Promise.resolve();
    const renew = async <Held extends Lease>(leases: readonly Held[]): Promise<readonly Held[]> => {
      asked.push(leases.map(name));
      await answer();
      return leases.filter((held) => lost.has(name(held)));
    };
    keeper = new LeaseKeeper({ renew }, { now: () => nowMs }, LEASE_MS);
  });
  afterEach(async () => {
    await keeper.stop();
    jest.useRealTimers();
    Logger.overrideLogger(true);
  });

  function hold(id: string, leaseNo = 1): Stop {
    const stop = new Stop();
    keeper.hold(lease(id, leaseNo), stop);
    return stop;
  }
  async function pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 100) {
      nowMs += 100;
      await jest.advanceTimersByTimeAsync(100);
    }
  }

  it('renews all of them together, three times while they last', async () => {
    hold('a');
    hold('b');
    await pass(LEASE_MS);
    expect(asked).toEqual([['a/1', 'b/1'], ['a/1', 'b/1'], ['a/1', 'b/1']]); // prettier-ignore
  });

  it('asks nothing when there is nothing to keep', async () => {
    hold('a');
    keeper.drop(lease('a'));
    await pass(3 * LEASE_MS);
    expect(asked).toEqual([]);
    hold('b');
    await pass(1_000);
    expect(asked).toEqual([['b/1']]);
  });

  it('tells the one whose lease is lost, with the reason, and nobody else', async () => {
    const [a, b] = [hold('a'), hold('b')];
    lost.add('a/1');
    await pass(1_000);
    expect(a.aborted).toBe(true);
    expect(a.reason).toBeInstanceOf(LeaseLostError);
    expect(b.aborted).toBe(false);
  });

  it('keeps an event apart from the same event with the lease that this worker lost', async () => {
    const before = hold('a', 1);
    const again = hold('a', 2);
    lost.add('a/1');
    await pass(1_000);
    expect([before.aborted, again.aborted]).toEqual([true, false]);

    // The first one's end must not end the second one's renewal.
    keeper.drop(lease('a', 1));
    await pass(1_000);
    expect(asked.at(-1)).toEqual(['a/2']);
  });

  it('gives a lease up when the database does not answer for as long as it lasts, and not before', async () => {
    const a = hold('a');
    await pass(1_000);
    answer = () => Promise.reject(new Error('the database is away'));
    await pass(2_900);
    expect(a.aborted).toBe(false);
    const b = hold('b');
    await pass(1_000);
    expect(a.aborted).toBe(true);
    expect(b.aborted).toBe(false);
  });

  it('does not ask again while it waits for an answer', async () => {
    answer = () => new Promise(() => undefined);
    hold('a');
    await pass(2 * LEASE_MS);
    expect(asked).toHaveLength(1);
    keeper.stop = () => Promise.resolve();
  });

  it('waits, when it stops, for the answer that is under way', async () => {
    let answered: () => void = () => undefined;
    answer = () => new Promise((resolve) => (answered = resolve));
    hold('a');
    await pass(1_000);
    let stopped = false;
    const stopping = keeper.stop().then(() => (stopped = true));
    await pass(1_000);
    expect(stopped).toBe(false);
    answered();
    await stopping;
    expect(asked).toHaveLength(1);
  });
});
