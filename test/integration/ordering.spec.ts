import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { IsNull, Not } from 'typeorm';
import { unitOfWork } from '../../src/database';
import { EventEntity, LeaseStore, type EventOutcome } from '../../src/events';
import { orderLockOf } from '../../src/events/object-order';
import { counting } from '../support/counting-database';
import { databases, type DatabaseKind, type TestDatabase } from '../support/databases';
import { openLedgerTables, type LedgerTables } from './ledger-tables';

const MINUTE = 60_000;
const PATIENCE = 10 * MINUTE;
const POLICY = { leaseMs: MINUTE, replayRestMs: 0, orderingPatienceMs: PATIENCE };
const SUCCEEDED: EventOutcome = { status: 'succeeded' };

const ago = (ms: number): Date => new Date(Date.now() - ms);
const second = (seconds: number): Date => new Date(1_700_000_000_000 + seconds * 1_000);

/** A due event of the object `sub_1`, made in this second. */
function due(stripeId: string, seconds: number | null, row: Partial<EventEntity> = {}): Partial<EventEntity> {
  const createdAt = seconds === null ? null : second(seconds);
  return { stripeId, status: 'pending', nextAttemptAt: ago(MINUTE), objectId: 'sub_1', createdAt, ...row };
}

describe.each(databases)('the order of an object’s events, on $name', (kind) => {
  let tables: LedgerTables;
  let leases: LeaseStore;

  beforeAll(async () => {
    tables = await openLedgerTables(kind);
    leases = new LeaseStore(tables.database, POLICY);
  });
  afterAll(() => tables.close());
  afterEach(() => tables.database.query(`DELETE FROM ${tables.database.table(EventEntity)}`));

  const events = () => tables.database.dataSource.getRepository(EventEntity);
  const claim = async (limit = 10): Promise<EventEntity[]> => [...(await leases.claim(limit)).events];
  const claimed = async (limit?: number): Promise<string[]> => (await claim(limit)).map(({ stripeId }) => stripeId);
  const row = (stripeId: string): Promise<EventEntity> => events().findOneByOrFail({ stripeId });
  async function isDue(stripeId: string): Promise<boolean> {
    const { nextAttemptAt } = await row(stripeId);
    const [now] = await tables.database.query(`SELECT ${tables.database.dialect.now} AS now`);
    return nextAttemptAt!.getTime() <= Number(now!.now);
  }
  /** Claims and settles one after the other until nothing is due. */
  async function drain(): Promise<string[]> {
    const order: string[] = [];
    for (let left = true; left;) {
      const { events: batch, more } = await leases.claim(10);
      order.push(...batch.map(({ stripeId }) => stripeId));
      await leases.write(batch.map((lease) => ({ lease, outcome: SUCCEEDED })));
      left = more || batch.length > 0;
    }
    return order;
  }

  it.each([
    ['by Stripe’s time', [due('third', 3), due('first', 1), due('second', 2)]],
    ['by arrival within a second', [due('first', 1), due('second', 1), due('third', 1)]],
    [
      'by arrival where Stripe’s time is not known',
      [due('second', null, { receivedAt: second(2) }), due('first', 1), due('third', null, { receivedAt: second(3) })],
    ],
    [
      'whatever is due longest',
      [due('first', 1), due('second', 2, { nextAttemptAt: ago(9 * MINUTE) }), due('third', 3, { lane: 1 })],
    ],
  ])('is kept %s, one event at a time', async (_how, rows) => {
    await tables.events(rows);
    expect(await claimed()).toEqual(['first']);
    expect(await claimed()).toEqual([]);
    await events().update({ stripeId: 'first' }, { leaseUntil: ago(1) });
    await leases.reap(1);
    expect(await drain()).toEqual(['first', 'second', 'third']);
  });

  it('is kept over fifty events that came in shuffled', async () => {
    const numbers = Array.from({ length: 50 }, (_, index) => (index * 37) % 50);
    await tables.events(numbers.map((number) => due(`evt_${number}`, Math.floor(number / 2) * 2, { receivedAt: second(number) }))); // prettier-ignore
    // Two share each second: among those, the arrival counts.
    const arrivals = new Map(numbers.map((number, arrival) => [number, arrival]));
    const order = [...numbers].sort((a, b) => {
      const seconds = Math.floor(a / 2) - Math.floor(b / 2);
      return seconds === 0 ? arrivals.get(a)! - arrivals.get(b)! : seconds;
    });
    expect(await drain()).toEqual(order.map((number) => `evt_${number}`));
  });

  it('does not concern other objects, accounts or endpoints, nor events without an object', async () => {
    await tables.events([
      due('one', 1),
      due('held', 2),
      due('object', 3, { objectId: 'sub_2' }),
      due('account', 3, { account: 'acct_1' }),
      due('endpoint', 3, { endpoint: 'other' }),
      due('none 1', 3, { objectId: null }),
      due('none 2', 3, { objectId: null }),
    ]);
    expect((await claimed()).sort()).toEqual(['account', 'endpoint', 'none 1', 'none 2', 'object', 'one']);
  });

  it('puts an event off that has to wait, so that it is not looked at again', async () => {
    await tables.events([due('first', 1), due('second', 2)]);
    await claim();

    const { heldSince, nextAttemptAt, attempts, leaseNo } = await row('second');
    expect(Math.abs(heldSince!.getTime() - Date.now())).toBeLessThan(MINUTE);
    expect(nextAttemptAt!.getTime() - heldSince!.getTime()).toBe(PATIENCE);
    expect([attempts, leaseNo]).toEqual([0, 0]);
    expect((await row('first')).orderLock).toBe(orderLockOf({ endpoint: 'default', account: null, objectId: 'sub_1' }));
  });

  it.each([
    SUCCEEDED,
    { status: 'dead', error: 'no' },
    { status: 'ignored', reason: 'no-handler' },
    { status: 'pending', delayMs: MINUTE, error: 'no', counts: true },
    { status: 'pending', delayMs: 0, error: null, counts: false },
  ] as EventOutcome[])('wakes the next event, and only that, with the outcome %j', async (outcome) => {
    await tables.events([due('first', 1), due('third', 3), due('second', 2)]);
    const [first] = await claim();

    await leases.write([{ lease: first!, outcome }]);

    expect(await row('first')).toMatchObject({ status: outcome.status, orderLock: null });
    expect(await isDue('second')).toBe(true);
    expect(await isDue('third')).toBe(false);
  });

  it('wakes nobody for a run that is not the end of its event, nor by a worker that lost its lease', async () => {
    await tables.events([due('first', 1), due('second', 2)]);
    const [first] = await claim();
    const run = { handler: 'a', status: 'succeeded', attempts: 1, startedAtMs: 0, finishedAtMs: 0, error: null } as const; // prettier-ignore

    await leases.write([{ lease: first!, run }]);
    await leases.write([{ lease: { ...first!, leaseNo: 0 }, outcome: SUCCEEDED }]);

    expect(await isDue('second')).toBe(false);
    expect(await claimed()).toEqual([]);
  });

  it('holds back behind an earlier event that waits for its retry, until patience is over', async () => {
    await tables.events([
      due('failed', 1, { nextAttemptAt: new Date(Date.now() + 60 * MINUTE), attempts: 1 }),
      due('later', 2),
      due('last', 3),
    ]);
    expect(await claimed()).toEqual([]);

    for (const stripeId of ['later', 'last']) {
      await events().update({ stripeId }, { heldSince: ago(PATIENCE), nextAttemptAt: ago(0) });
    }
    const [later] = await claim();
    expect(later!.stripeId).toBe('later');
    // Both have been patient enough, but only one may be in work.
    expect(await claimed()).toEqual([]);
    await leases.write([{ lease: later!, outcome: SUCCEEDED }]);
    expect(await claimed()).toEqual(['last']);
  });

  it('waits anew when an event that was let through has to be tried again', async () => {
    await tables.events([
      due('failed', 1, { nextAttemptAt: new Date(Date.now() + 60 * MINUTE) }),
      due('later', 2, { heldSince: ago(PATIENCE) }),
    ]);
    const [later] = await claim();
    expect(later).toMatchObject({ stripeId: 'later', heldSince: null });
    await leases.write([{ lease: later!, outcome: { status: 'pending', delayMs: 0, error: 'no', counts: true } }]);

    expect(await claimed()).toEqual([]);
    expect((await row('later')).nextAttemptAt!.getTime()).toBeGreaterThan(Date.now() + PATIENCE / 2);
  });

  if (kind.family !== 'sqlite') {
    it('puts nobody off for long because of an event that another worker may release at this moment', async () => {
      await tables.events([due('first', 1), due('second', 2)]);
      const [first] = await claim(1);
      await tables.database.transaction(async ({ manager }) => {
        await manager.query(
          `SELECT id FROM ${tables.database.table(EventEntity)} WHERE id = '${first!.id}' FOR UPDATE`,
        );
        expect(await claimed()).toEqual([]);
      });
      // What its release would wake is not written yet: nobody would come back for an event that was put off.
      const { nextAttemptAt, heldSince } = await row('second');
      expect(nextAttemptAt!.getTime() - heldSince!.getTime()).toBeLessThan(1_000);
    });
  }

  it('lets an earlier event that comes in late go first', async () => {
    await tables.events([due('third', 3), due('second', 2)]);
    const [second_] = await claim();
    await tables.events([due('first', 1)]);
    expect(await claimed()).toEqual([]);

    await leases.write([{ lease: second_!, outcome: SUCCEEDED }]);
    expect(await drain()).toEqual(['first', 'third']);
  });

  it('goes on after a worker vanished', async () => {
    await tables.events([due('first', 1), due('second', 2)]);
    const [first] = await claim();
    await claim();
    await events().update({ stripeId: 'first' }, { leaseUntil: ago(1), lost: 4 });

    expect(await leases.reap(10)).toBe(1);

    expect(await row('first')).toMatchObject({ status: 'dead', orderLock: null });
    expect(await claimed()).toEqual(['second']);
    expect((await leases.write([{ lease: first!, outcome: SUCCEEDED }])).size).toBe(1);
  });

  it('is kept by the database itself, whatever workers do', async () => {
    await tables.events([due('first', 1), due('second', 2)]);
    const [{ orderLock }] = (await claim()) as [EventEntity];
    await expect(events().update({ stripeId: 'second' }, { status: 'processing', orderLock })).rejects.toThrow();
  });

  it('is not lost to an event that was changed by hand while it was in work', async () => {
    await tables.events([due('first', 1), due('second', 2)]);
    await claim();
    await events().update({ stripeId: 'first' }, { status: 'dead', leaseUntil: null });
    await events().update({ stripeId: 'second' }, { nextAttemptAt: ago(0) });

    expect(await claimed()).toEqual(['second']);
    expect(await row('first')).toMatchObject({ status: 'dead', orderLock: null });
  });

  it('lets other objects through behind a long line of events that wait', async () => {
    await tables.events([
      due('stuck', 0, { nextAttemptAt: new Date(Date.now() + 60 * MINUTE) }),
      ...Array.from({ length: 240 }, (_, index) => due(`waiting ${index}`, index + 1, { nextAttemptAt: ago(2 * MINUTE) })), // prettier-ignore
      due('other', 1, { objectId: 'sub_2' }),
    ]);

    let rounds = 0;
    for (let more = true; more; rounds += 1) {
      const got = await leases.claim(1);
      if (got.events.length > 0) {
        expect(got.events.map(({ stripeId }) => stripeId)).toEqual(['other']);
        break;
      }
      more = got.more;
    }
    // One look at each of those that wait, a hundred at a time once it is clear that there are many.
    expect(rounds).toBeLessThan(5);
    expect(await events().countBy({ heldSince: Not(IsNull()) })).toBe(240);
  });

  it('costs the same for each event, however many wait', async () => {
    const statementsFor = async (count: number): Promise<number> => {
      await tables.events(Array.from({ length: count }, (_, index) => due(`${count}.${index}`, index)));
      const { database, statements } = counting(tables.database);
      leases = new LeaseStore(database, POLICY);
      expect(await drain()).toHaveLength(count);
      leases = new LeaseStore(tables.database, POLICY);
      return statements.length / count;
    };
    const [few, many] = [await statementsFor(30), await statementsFor(120)];
    expect(many).toBeLessThan(few * 1.2);
    expect(few).toBeLessThan(16);
  });

  it('loses no wake-up, and never lets two in at once, when workers claim, settle and reap at the same time', async () => {
    const objects = ['sub_a', 'sub_b', 'sub_c'];
    const count = 90;
    await tables.events(Array.from({ length: count }, (_, index) => due(`evt_${index}`, Math.floor(index / 6), { objectId: objects[index % 3]! }))); // prettier-ignore
    const inWork = new Map<string, string>();
    const done: string[] = [];
    let twice = 0;
    const work = async (number: number): Promise<void> => {
      const mine = new LeaseStore(tables.database, POLICY);
      for (let round = 0; done.length < count; round += 1) {
        const { events: batch } = await mine.claim(4);
        for (const { objectId, stripeId } of batch) {
          twice += inWork.has(objectId!) ? 1 : 0;
          inWork.set(objectId!, stripeId);
        }
        // Some fail and are due again at once, so that others of the object come and go meanwhile.
        const writes = batch.map((lease, index) => {
          const fails = (round + index + number) % 5 === 0;
          const outcome: EventOutcome = fails
            ? { status: 'pending', delayMs: 0, error: 'no', counts: true }
            : SUCCEEDED;
          return { lease, outcome };
        });
        batch.forEach(({ objectId }) => inWork.delete(objectId!));
        await mine.write(writes);
        done.push(...writes.filter(({ outcome }) => outcome === SUCCEEDED).map(({ lease }) => lease.stripeId));
        await mine.reap(10);
      }
    };

    await Promise.all([1, 2, 3, 4].map(work));

    expect(twice).toBe(0);
    expect(await events().countBy({ status: 'succeeded' })).toBe(count);
    for (const object of objects) {
      const order = done.map((id) => Number(id.slice(4))).filter((index) => objects[index % 3] === object);
      expect(order).toEqual([...order].sort((a, b) => a - b));
    }
  });
});

const serializable = databases
  .filter(({ family }) => family === 'postgres')
  .map((kind) => ({ ...kind, name: `${kind.name}, where transactions are serializable`, create: () => strict(kind) }));

/** The application's connections have another level by default than the ledger's units need. */
async function strict(kind: DatabaseKind): Promise<TestDatabase> {
  const fresh = await kind.create();
  const extra = { options: '-c default_transaction_isolation=serializable' };
  return { ...fresh, dataSourceOptions: () => ({ ...fresh.dataSourceOptions(), extra }) };
}

describe.each(serializable)('units of work on $name', (kind) => {
  it('see what was committed before each of their statements', async () => {
    const tables = await openLedgerTables(kind);
    const level = "SELECT current_setting('transaction_isolation') AS level";
    const unit = unitOfWork(function* () {
      const [row] = yield { sql: level, params: [] };
      return row!.level;
    });
    expect(await tables.database.dataSource.query(level)).toEqual([{ level: 'serializable' }]);
    expect(await tables.database.run(unit)).toBe('read committed');
    await tables.close();
  });
});
