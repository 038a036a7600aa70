import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { EventEntity, OnStripeEvent, RetryEventError, type StripeHandlerContext } from 'nestjs-stripe-events';
import { buildEvent, waitForEvent } from 'nestjs-stripe-events/testing';
import { databases, type DatabaseKind } from '../support/databases';
import { openFleet, type Fleet } from '../support/fleet';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { waitUntil } from '../support/wait-until';

const HOUR = 60 * 60_000;
const START = 1_700_000_000;

/** An event of an object, made in this second. */
function eventOf(object: string, second: number, id: string): Record<string, unknown> {
  return buildEvent({ id, type: 'plan.updated', created: START + second, object: { id: object, object: 'plan' } });
}

/** Lets so many other things happen first. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe.each(databases)('workers that keep the order of objects, on $name', (database) => {
  let fleet: Fleet;

  beforeEach(async () => {
    fleet = await openFleet(database);
  });
  afterEach(() => fleet.close());

  const processing = {
    ordering: 'object',
    orderingPatienceMs: HOUR,
    sweepMs: 20,
    shutdownTimeoutMs: 0,
    backoff: { baseMs: 5 },
  } as const;
  const done: string[] = [];
  const stripeId = ({ record }: StripeHandlerContext): string => record.stripeId;
  beforeEach(() => {
    done.length = 0;
  });

  it('never handle two events of an object at the same time, and each in its turn', async () => {
    const objects = ['plan_a', 'plan_b', 'plan_c', 'plan_d', 'plan_e'];
    const events = Array.from({ length: 60 }, (_, index) =>
      eventOf(objects[index % 5]!, (index * 7) % 60, `evt_${index}`),
    );
    const inWork = new Set<string>();
    const collisions: string[] = [];
    const failures = new Map<string, number>();
    const invoke = async (_event: unknown, context: StripeHandlerContext): Promise<void> => {
      const object = context.record.objectId!;
      if (inWork.has(object)) {
        collisions.push(stripeId(context));
      }
      inWork.add(object);
      const number = Number(stripeId(context).slice(4));
      await turns((number * 13) % 40);
      inWork.delete(object);
      const failed = failures.get(stripeId(context)) ?? 0;
      if (failed < number % 3) {
        failures.set(stripeId(context), failed + 1);
        throw new Error('not yet');
      }
      done.push(stripeId(context));
    };
    const workers = [1, 2].map(() => fleet.worker({ handlers: [{ invoke }], processing }));
    await fleet.store(events);
    (await Promise.all(workers)).forEach((worker) => {
      worker.start();
    });

    const settled = await fleet.settled();

    expect(collisions).toEqual([]);
    expect(settled.filter(({ status }) => status !== 'succeeded')).toEqual([]);
    const created = new Map(settled.map((event) => [event.stripeId, event.createdAt!.getTime()]));
    const objectsOf = new Map(settled.map((event) => [event.stripeId, event.objectId]));
    for (const object of objects) {
      const times = done.filter((id) => objectsOf.get(id) === object).map((id) => created.get(id)!);
      expect(times).toHaveLength(12);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  });

  it('hold back the later events behind one that fails until patience is over, and no other object', async () => {
    const invoke = async (_event: unknown, context: StripeHandlerContext): Promise<void> => {
      await turns(1);
      if (stripeId(context) === 'evt_failing') {
        throw new RetryEventError(HOUR, 'later');
      }
      done.push(stripeId(context));
    };
    const worker = await fleet.worker({
      handlers: [{ invoke }],
      processing: { ...processing, orderingPatienceMs: 1_500 },
    });
    await fleet.store([
      eventOf('plan_a', 1, 'evt_failing'),
      eventOf('plan_a', 2, 'evt_held_1'),
      eventOf('plan_a', 3, 'evt_held_2'),
      eventOf('plan_b', 4, 'evt_other'),
    ]);
    const before = await fleet.stored();
    worker.start();

    const settled = async (): Promise<boolean> =>
      (await fleet.stored()).filter(({ processed }) => processed).length === 3;
    await waitUntil('patience is over', settled);

    expect(done).toEqual(['evt_other', 'evt_held_1', 'evt_held_2']);
    const [failing, ...held] = await fleet.stored();
    expect(failing).toMatchObject({ status: 'pending', orderLock: null });
    const waited = held.map(
      ({ processedAt }, index) => processedAt!.getTime() - before[index + 1]!.nextAttemptAt!.getTime(),
    );
    expect(waited[0]).toBeGreaterThanOrEqual(1_500);
    expect(waited[1]).toBeGreaterThanOrEqual(1_500);
  });

  it('go on at once when an earlier event is given up', async () => {
    const invoke = async (_event: unknown, context: StripeHandlerContext): Promise<void> => {
      done.push(stripeId(context));
      await turns(1);
      if (stripeId(context) === 'evt_hopeless') {
        throw new Error('never');
      }
    };
    const worker = await fleet.worker({ handlers: [{ invoke, maxAttempts: 2 }], processing });
    await fleet.store([eventOf('plan_a', 1, 'evt_hopeless'), eventOf('plan_a', 2, 'evt_next')]);
    worker.start();

    expect((await fleet.settled()).map(({ status }) => status)).toEqual(['dead', 'succeeded']);
    expect(done).toEqual(['evt_hopeless', 'evt_hopeless', 'evt_next']);
  });

  it('handle fifty events that came in shuffled in the order they were made in', async () => {
    const invoke = async (_event: unknown, context: StripeHandlerContext): Promise<void> => {
      await turns(Number(stripeId(context).slice(4)) % 5);
      done.push(stripeId(context));
    };
    const numbers = Array.from({ length: 50 }, (_, index) => (index * 37) % 50);
    await fleet.store(numbers.map((number) => eventOf('plan_a', number, `evt_${number}`)));
    for (let count = 0; count < 2; count += 1) {
      (await fleet.worker({ handlers: [{ invoke }], processing })).start();
    }

    await fleet.settled();

    expect(done).toEqual(Array.from({ length: 50 }, (_, number) => `evt_${number}`));
  });

  it('are not stopped by a worker that went away with an event', async () => {
    const invoke = async (_event: unknown, context: StripeHandlerContext): Promise<void> => {
      await turns(1);
      done.push(stripeId(context));
    };
    await fleet.store([1, 2, 3].map((second) => eventOf('plan_a', second, `evt_${second}`)));
    const [first] = await fleet.stored();
    const orderLock = 'whatever the other worker put there';
    const leaseUntil = new Date(Date.now() - 1_000);
    const gone = { status: 'processing', attempts: 1, leaseNo: 1, leaseUntil, orderLock } as const;
    await fleet.database.dataSource.getRepository(EventEntity).update(first!.id, gone);

    (await fleet.worker({ handlers: [{ invoke }], processing })).start();

    expect((await fleet.settled()).map(({ lost }) => lost)).toEqual([1, 0, 0]);
    expect(done).toEqual(['evt_1', 'evt_2', 'evt_3']);
  });
});

const calls: string[] = [];
let together = 0;
let most = 0;

@Injectable()
class PlanHandlers {
  @OnStripeEvent('plan.updated')
  async onPlan(event: { id: string }): Promise<void> {
    together += 1;
    most = Math.max(most, together);
    await turns(20);
    together -= 1;
    calls.push(event.id);
  }
}

describe.each(databases)('two applications on one database, on $name', (database) => {
  const apps: LedgerApp[] = [];
  afterEach(async () => {
    for (const app of apps.splice(0)) {
      await app.close();
    }
  });

  it('keep the order of objects together', async () => {
    const fresh = await database.create();
    const shared: DatabaseKind = {
      ...database,
      create: () => Promise.resolve({ ...fresh, drop: () => (apps.length === 0 ? fresh.drop() : Promise.resolve()) }),
    };
    calls.length = most = 0;
    for (const platform of platforms.slice(0, 2)) {
      apps.push(
        await startLedgerApp({
          database: shared,
          platform,
          providers: [PlanHandlers],
          stripe: { processing: { ordering: 'object', sweepMs: 20 } },
        }),
      );
    }
    // The first is the last one to be handled, so all others are stored before their turn comes.
    const ids = Array.from({ length: 24 }, (_, index) => `evt_${String(index).padStart(2, '0')}`);
    const deliveries = ids.map((id, index) => apps[index % 2]!.deliver(eventOf('plan_a', index, id)));
    expect((await Promise.all(deliveries)).map(({ status }) => status)).toEqual(ids.map(() => 200));

    await Promise.all(ids.map((id) => waitForEvent(apps[0]!.app, id, 'succeeded', 20_000)));

    expect(most).toBe(1);
    expect([...calls].sort()).toEqual(ids);
  });
});
