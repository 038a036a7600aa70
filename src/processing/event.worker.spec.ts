import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EventEntity, type Claimed } from '../events';
import { EventWorker, type WorkerLimits } from './event.worker';

const NEVER = 2 ** 31 - 1;
const LIMITS: WorkerLimits = { concurrency: 4, shutdownTimeoutMs: NEVER, sweepMs: NEVER / 2, leaseMs: NEVER };

/** A ledger of events that a test makes due and ends one by one; keeps no time of its own. */
class World {
  due: string[] = [];
  readonly asked: number[] = [];
  readonly ahead: number[] = [];
  readonly begun: string[] = [];
  readonly handedBack: string[] = [];
  readonly running = new Map<string, () => void>();
  lost: number[] = [];
  reaps = 0;
  aborts = 0;
  stops = 0;
  closings = 0;
  faults = 0;
  claiming: Promise<void> = Promise.resolve();

  readonly leases = {
    claim: async (limit: number, ahead: number): Promise<Claimed> => {
      this.asked.push(limit);
      this.ahead.push(ahead);
      await this.claiming;
      if (this.faults > 0) {
        this.faults -= 1;
        throw new Error('the database is away');
      }
      const ids = this.due.splice(0, limit);
      const events = ids.map((id) => Object.assign(new EventEntity(), { id }));
      return { events, more: events.length === limit };
    },
    reap: (): Promise<number> => {
      this.reaps += 1;
      return Promise.resolve(this.lost.shift() ?? 0);
    },
  };
  readonly processor = {
    process: (events: readonly EventEntity[], onDone: () => void): Promise<void> => {
      for (const { id } of events) {
        this.begun.push(id);
        this.running.set(id, () => {
          this.running.delete(id);
          onDone();
        });
      }
      return Promise.resolve();
    },
    handBack: (events: readonly EventEntity[]): Promise<void> => {
      this.handedBack.push(...events.map(({ id }) => id));
      return Promise.resolve();
    },
    abort: (): void => {
      this.aborts += 1;
      this.running.forEach((end) => {
        end();
      });
    },
  };
  readonly places = {
    ahead: 0,
    close: (): void => {
      this.closings += 1;
    },
  };
  readonly keeper = {
    stop: (): Promise<void> => {
      this.stops += 1;
      return Promise.resolve();
    },
  };
}

/** Until everything that can happen by itself has happened. */
async function idle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a worker', () => {
  let world: World;
  let worker: EventWorker;

  function make(limits: Partial<WorkerLimits> = {}): void {
    worker = new EventWorker(world, { ...LIMITS, ...limits });
  }
  beforeEach(() => {
    Logger.overrideLogger(false);
    world = new World();
    make();
  });
  afterEach(async () => {
    jest.useRealTimers();
    world.running.forEach((end) => {
      end();
    });
    await worker.stop();
    Logger.overrideLogger(true);
  });

  it('begins what is due, as much as it has places for', async () => {
    world.due = ['a', 'b', 'c', 'd', 'e'];
    worker.start();
    await idle();
    expect(world.begun).toEqual(['a', 'b', 'c', 'd']);
    expect(world.asked).toEqual([4]);
  });

  it('claims as much ahead as is worth having in hand', async () => {
    world.places.ahead = 3;
    world.due = Array.from({ length: 12 }, (_, index) => String(index));
    worker.start();
    await idle();
    expect(world.asked).toEqual([7]);
    world.places.ahead = 0;
    for (const id of ['0', '1', '2']) {
      world.running.get(id)!();
      await idle();
    }
    expect(world.asked).toEqual([7]);
    world.running.get('3')!();
    await idle();
    expect(world.asked).toEqual([7, 1]);
    expect(world.ahead).toEqual([3, 0]);
  });

  it('claims no more at once than fifty, and goes on until there is nothing', async () => {
    make({ concurrency: 120 });
    world.due = Array.from({ length: 110 }, (_, index) => String(index));
    worker.start();
    await idle();
    expect(world.begun).toHaveLength(110);
    expect(world.asked).toEqual([50, 50, 20]);
  });

  it('fills each place as it becomes free, whatever the others of its batch do', async () => {
    world.due = ['slow', 'b', 'c', 'd', 'e', 'f', 'g'];
    worker.start();
    await idle();
    for (const id of ['b', 'c', 'e', 'd', 'f']) {
      world.running.get(id)!();
      await idle();
    }
    expect(world.begun).toEqual(['slow', 'b', 'c', 'd', 'e', 'f', 'g']);
    expect([...world.running.keys()]).toEqual(['slow', 'g']);
  });

  it('hears of events that are announced while it claims', async () => {
    let claimed: () => void = () => undefined;
    world.claiming = new Promise((resolve) => {
      claimed = resolve;
    });
    worker.start();
    await idle();
    // The claim under way was sent before: it may not see these.
    worker.knock();
    world.claiming.then(() => { world.due = ['a']; }, () => undefined); // prettier-ignore
    claimed();
    await idle();
    expect(world.begun).toEqual(['a']);
  });

  it('hears of events that are announced while it waits', async () => {
    worker.start();
    await idle();
    for (const id of ['a', 'b', 'c']) {
      world.due = [id];
      worker.knock();
      await idle();
    }
    expect(world.begun).toEqual(['a', 'b', 'c']);
  });

  it('looks by itself every so often', async () => {
    make({ sweepMs: 10 });
    worker.start();
    await idle();
    world.due = ['a'];
    while (world.begun.length === 0) {
      await idle();
    }
    expect(world.begun).toEqual(['a']);
  });

  it('takes over from vanished workers until none is left, also when all places are taken', async () => {
    make({ concurrency: 1 });
    world.lost = [100, 100, 7];
    world.due = ['a', 'b'];
    worker.start();
    await idle();
    expect(world.reaps).toBe(3);
    expect(world.begun).toEqual(['a']);
  });

  it('looks for vanished workers as often as leases end, where they are short', async () => {
    make({ sweepMs: 10, leaseMs: 20 });
    worker.start();
    while (world.reaps < 3) {
      await idle();
    }
  });

  it('comes back after the database was away, ever more slowly, whoever knocks meanwhile', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'performance'] });
    world.faults = 6;
    world.due = ['a'];
    worker.start();
    const pauses: number[] = [];
    for (let fault = 0; fault < 6; fault += 1) {
      await idle();
      worker.knock();
      let waited = 0;
      for (const before = world.asked.length; world.asked.length === before; waited += 50) {
        await jest.advanceTimersByTimeAsync(50);
        await idle();
      }
      pauses.push(waited);
    }
    expect(world.begun).toEqual(['a']);
    pauses.forEach((pause, index) => {
      const bound = Math.min(500 * 2 ** index, 10_000);
      expect(pause).toBeGreaterThanOrEqual(bound / 2);
      expect(pause).toBeLessThanOrEqual(bound + 50);
    });
  });

  describe('that stops', () => {
    it('waits for what is running, and claims nothing more', async () => {
      world.due = ['a', 'b', 'c', 'd', 'e'];
      worker.start();
      await idle();
      let stopped = false;
      const stopping = worker.stop().then(() => (stopped = true));
      for (const id of ['a', 'b', 'c', 'd']) {
        await idle();
        expect([stopped, world.aborts, world.closings]).toEqual([false, 0, 1]);
        world.running.get(id)!();
      }
      await stopping;
      expect(world.begun).not.toContain('e');
      expect(world.stops).toBe(1);
    });

    it('ends what does not end by itself', async () => {
      make({ shutdownTimeoutMs: 5 });
      world.due = ['a', 'b'];
      worker.start();
      await idle();
      await worker.stop();
      expect(world.aborts).toBe(1);
      expect(world.running.size).toBe(0);
    });

    it('does not wait for ever for what cannot be handed back', async () => {
      jest.useFakeTimers({ doNotFake: ['setImmediate', 'performance'] });
      make({ shutdownTimeoutMs: 1_000 });
      world.due = ['a'];
      world.processor.abort = () => undefined;
      worker.start();
      await idle();
      let stopped = false;
      void worker.stop().then(() => (stopped = true));
      await jest.advanceTimersByTimeAsync(1_000);
      await idle();
      expect(stopped).toBe(false);
      await jest.advanceTimersByTimeAsync(5_000);
      await idle();
      expect(stopped).toBe(true);
    });

    it('hands back at once what a claim brings that was under way', async () => {
      let claimed: () => void = () => undefined;
      world.claiming = new Promise((resolve) => {
        claimed = resolve;
      });
      world.due = ['a', 'b'];
      worker.start();
      await idle();
      const stopping = worker.stop();
      claimed();
      await stopping;
      expect(world.begun).toEqual([]);
      expect(world.handedBack).toEqual(['a', 'b']);
    });

    it('may be asked to twice, or before it began', async () => {
      await Promise.all([worker.stop(), worker.stop()]);
      worker.start();
      await idle();
      expect(world.asked).toEqual([]);
    });
  });
});
