import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventEntity, RetryEventError, type StripeHandlerContext } from 'nestjs-stripe-events';
import { buildEvent } from 'nestjs-stripe-events/testing';
import { databases } from '../support/databases';
import { openFleet, type Fleet } from '../support/fleet';
import { waitUntil } from '../support/wait-until';

const HOUR = 60 * 60_000;
const TEN_MINUTES = 10 * 60_000;

/** A promise, and what ends it. */
function barrier(): { passed: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

describe.each(databases)('workers, on $name', (database) => {
  let fleet: Fleet;
  let done: string[];

  beforeEach(async () => {
    fleet = await openFleet(database);
    done = [];
  });
  afterEach(() => fleet.close());

  const processing = { sweepMs: 20, shutdownTimeoutMs: 20, backoff: { baseMs: 5 } };
  const store = (...ids: string[]): Promise<void> =>
    fleet.store(ids.map((id) => buildEvent({ id, type: 'plan.updated' })));
  const note = ({ record }: StripeHandlerContext): void => {
    done.push(record.stripeId);
  };
  const finish = async (_event: unknown, context: StripeHandlerContext): Promise<void> => {
    await Promise.resolve();
    note(context);
  };

  it('take over at once what another one hands back when it stops, without an attempt', async () => {
    const begun = barrier();
    const hang = async (): Promise<void> => {
      begun.open();
      await new Promise(() => undefined);
    };
    const stopping = await fleet.worker({ handlers: [{ invoke: hang }], processing });
    await store('evt_1');
    stopping.start();
    await begun.passed;

    await stopping.stop();
    (await fleet.worker({ handlers: [{ invoke: finish }], processing })).start();

    expect(await fleet.settled()).toMatchObject([{ status: 'succeeded', attempts: 1, lost: 0, leaseNo: 2 }]);
  });

  it('take over a thousand events of a fleet that crashed, without waiting between a hundred and the next', async () => {
    await store(...Array.from({ length: 1_000 }, (_, index) => `evt_${index}`));
    const stored = fleet.database.dataSource.getRepository(EventEntity);
    await stored.update(
      { status: 'pending' },
      { status: 'processing', leaseNo: 1, leaseUntil: new Date(Date.now() - 1_000) },
    );

    (await fleet.worker({ handlers: [{ invoke: finish }], processing })).start();

    await waitUntil('all are taken over', async () => (await stored.countBy({ lost: 1 })) === 1_000);
  });

  it('believe the clock of the database, whatever their own one says', async () => {
    const [begun, release] = [barrier(), barrier()];
    const jumping = (ms: number) => {
      let calls = 0;
      // Now ahead, now behind, by turns.
      return { now: () => Date.now() + ((calls += 1) % 2 === 0 ? ms : -ms) };
    };
    const invoke = async (_event: unknown, context: StripeHandlerContext): Promise<void> => {
      if (context.record.stripeId === 'evt_slow') {
        begun.open();
        await release.passed;
      } else if (context.record.stripeId === 'evt_later') {
        throw new RetryEventError(HOUR);
      } else if (context.record.attempts === 1) {
        throw new Error('not yet');
      }
      note(context);
    };
    const options = { handlers: [{ invoke }], processing: { ...processing, leaseMs: 2_000 } };
    const first = await fleet.worker({ ...options, clock: jumping(TEN_MINUTES) });
    const second = await fleet.worker({ ...options, clock: jumping(-TEN_MINUTES) });
    await store('evt_slow');
    first.start();
    await begun.passed;
    const [held] = await fleet.stored();
    second.start();
    await store('evt_later', 'evt_1', 'evt_2');
    const leaseUntil = async (): Promise<number> => (await fleet.stored())[0]!.leaseUntil?.getTime() ?? 0;
    await waitUntil('the lease was renewed', async () => (await leaseUntil()) > held!.leaseUntil!.getTime());
    await waitUntil('the others are handled', () => done.length === 2);
    release.open();

    await waitUntil('the slow one is handled', async () => (await fleet.stored())[0]!.processed);
    const [slow, later, ...others] = await fleet.stored();
    expect(slow).toMatchObject({ status: 'succeeded', leaseNo: 1, lost: 0, attempts: 1 });
    expect(others).toMatchObject([{ status: 'succeeded', attempts: 2, lost: 0 }, { status: 'succeeded', attempts: 2 }]); // prettier-ignore
    await waitUntil('the last one waits', async () => (await fleet.stored())[1]!.status === 'pending');
    const wait = (await fleet.stored())[1]!.nextAttemptAt!.getTime() - Date.now();
    expect(Math.abs(wait - HOUR)).toBeLessThan(60_000);
    expect(later!.lost).toBe(0);
    expect([...done].sort()).toEqual(['evt_1', 'evt_2', 'evt_slow']);
  });

  // MySQL has no constraints that wait for the commit.
  if (database.family !== 'mysql') {
    it('give up on a commit that the database refuses, as on any other failure', async () => {
      const { dataSource } = fleet.database;
      await dataSource.query('CREATE TABLE parent (id INTEGER PRIMARY KEY)');
      await dataSource.query(
        'CREATE TABLE child (parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)',
      );
      const invoke = async (_event: unknown, context: StripeHandlerContext): Promise<void> => {
        note(context);
        await context.manager.query('INSERT INTO child (parent) VALUES (1)');
      };
      const worker = await fleet.worker({ handlers: [{ invoke, transactional: true, maxAttempts: 2 }], processing });
      await store('evt_1');
      worker.start();

      const [event] = await fleet.settled();

      expect(event).toMatchObject({ status: 'dead', attempts: 2 });
      expect(event!.lastError).toMatch(/foreign key/i);
      expect(done).toHaveLength(2);
      expect(await dataSource.query('SELECT * FROM child')).toEqual([]);
    });
  }
});

const servers = databases.filter(({ family }) => family !== 'sqlite');

describe.each(servers)('a transaction that hangs, on $name', (database) => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await openFleet(database);
  });
  afterEach(() => fleet.close());

  it('does not keep its place when its handler’s time is over', async () => {
    const sleep = database.family === 'postgres' ? 'SELECT pg_sleep(5)' : 'SELECT SLEEP(5)';
    const done: string[] = [];
    let awake = false;
    const invoke = async (_event: unknown, { record, manager }: StripeHandlerContext): Promise<void> => {
      if (record.stripeId === 'evt_hanging' && record.attempts === 1) {
        await manager.query(sleep).finally(() => (awake = true));
      }
      done.push(record.stripeId);
    };
    const worker = await fleet.worker({
      handlers: [{ invoke, transactional: true, timeoutMs: 500 }],
      processing: { concurrency: 1, sweepMs: 20, backoff: { baseMs: 0 } },
    });
    await fleet.store(['evt_hanging', 'evt_next'].map((id) => buildEvent({ id, type: 'plan.updated' })));
    worker.start();

    const settled = await fleet.settled();

    expect(awake).toBe(false);
    expect(settled).toMatchObject([
      { status: 'succeeded', lost: 0 },
      { status: 'succeeded', attempts: 1 },
    ]);
    expect([...done].sort()).toEqual(['evt_hanging', 'evt_next']);
  });
});
