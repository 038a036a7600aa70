import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { UlidFactory } from '../../src/common';
import { LedgerDatabase, type Row, type Statement, type UnitOfWork } from '../../src/database';
import { CustomerEntity } from '../../src/customers';
import {
  EventEntity,
  EventPayloadEntity,
  EventPruneStore,
  EventReplayStore,
  EventTwinEntity,
  HandlerRunEntity,
} from '../../src/events';
import { counting } from '../support/counting-database';
import { databases } from '../support/databases';
import { openLedgerTables, type LedgerTables } from './ledger-tables';

const DAY = 24 * 60 * 60_000;
const ENTITIES = [EventEntity, EventPayloadEntity, HandlerRunEntity, EventTwinEntity, CustomerEntity];

const daysAgo = (days: number): Date => new Date(Date.now() - days * DAY);
/** An event that was received and settled so many days ago. */
const settled = (days: number, row: Partial<EventEntity> = {}): Partial<EventEntity> => ({
  ...{ id: new UlidFactory().next(daysAgo(days).getTime()), receivedAt: daysAgo(days), processedAt: daysAgo(days) },
  ...row,
});
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

describe.each(databases)('EventPruneStore on $name', (kind) => {
  let tables: LedgerTables;
  let store: EventPruneStore;

  beforeAll(async () => {
    tables = await openLedgerTables(kind);
    store = new EventPruneStore(tables.database);
  });
  afterAll(() => tables.close());
  afterEach(async () => {
    for (const entity of ENTITIES) {
      await tables.database.query(`DELETE FROM ${tables.database.table(entity)}`);
    }
  });

  const repository = (entity: (typeof ENTITIES)[number]) => tables.database.dataSource.getRepository<object>(entity);
  const stored = (): Promise<EventEntity[]> => tables.database.dataSource.getRepository(EventEntity).find();
  const storedIds = async (): Promise<string[]> => (await stored()).map(({ stripeId }) => stripeId).sort();

  /** Gives each stored event a body of two pieces, runs of two replays, and a fact that it is the first to tell of. */
  async function complete(): Promise<void> {
    const ids = (await stored()).map(({ id }) => id);
    const pieces = ids.flatMap((eventId) => [0, 1].map((part) => ({ eventId, part, encoding: 'utf8', body: '{}' })));
    for (let start = 0; start < pieces.length; start += 500) {
      await repository(EventPayloadEntity).insert(pieces.slice(start, start + 500));
    }
    await tables.runs(ids.flatMap((eventId) => [0, 1].map((replayNo) => ({ eventId, replayNo }))));
    const facts = ids.map((eventId) => ({
      endpoint: 'default',
      snapshotId: `evt_of_${eventId}`,
      kind: 'invoice.paid',
      eventId,
    }));
    for (let start = 0; start < facts.length; start += 500) {
      await repository(EventTwinEntity).insert(facts.slice(start, start + 500));
    }
  }

  /** Events without their body, and bodies, runs and facts without their event: there must be none. */
  async function torn(): Promise<unknown[]> {
    const [events, payloads, runs, twins] = ENTITIES.map((entity) => tables.database.table(entity));
    const rows = await Promise.all([
      tables.database.query(`SELECT id FROM ${events} WHERE id NOT IN (SELECT event_id FROM ${payloads})`),
      tables.database.query(`SELECT event_id FROM ${payloads} WHERE event_id NOT IN (SELECT id FROM ${events})`),
      tables.database.query(`SELECT event_id FROM ${runs} WHERE event_id NOT IN (SELECT id FROM ${events})`),
      tables.database.query(`SELECT event_id FROM ${twins} WHERE event_id NOT IN (SELECT id FROM ${events})`),
    ]);
    return rows.flat();
  }

  it('deletes what has been done with for so long, and nothing else', async () => {
    await tables.events([
      settled(100, { stripeId: 'evt_done' }),
      settled(100, { stripeId: 'evt_ignored', status: 'ignored', ignoredReason: 'no-handler' }),
      settled(100, { stripeId: 'evt_dead', status: 'dead', lastError: 'no' }),
      settled(100, { stripeId: 'evt_pending', status: 'pending', processedAt: null, nextAttemptAt: daysAgo(100) }),
      settled(100, { stripeId: 'evt_held', status: 'processing', processedAt: null, leaseUntil: daysAgo(100) }),
      settled(100, { stripeId: 'evt_late', processedAt: daysAgo(89) }),
      settled(91, { stripeId: 'evt_old' }),
      settled(89, { stripeId: 'evt_young' }),
    ]);
    await complete();

    expect(await store.prune(90)).toBe(3);

    expect(await storedIds()).toEqual(['evt_dead', 'evt_held', 'evt_late', 'evt_pending', 'evt_young']);
    expect(await repository(EventPayloadEntity).count()).toBe(10);
    expect(await repository(HandlerRunEntity).count()).toBe(10);
    expect(await torn()).toEqual([]);
    expect(await store.prune(90)).toBe(0);
  });

  it('keeps an event that was replayed, and the customers of all', async () => {
    await tables.customers([{ stripeId: 'cus_1' }]);
    await tables.events([settled(100, { stripeCustomerId: 'cus_1' }), settled(100, { stripeCustomerId: 'cus_1' })]);
    const [replayed] = await stored();
    await new EventReplayStore(tables.database).replayOne(replayed!.id);
    const customers = await repository(CustomerEntity).find();

    expect(await store.prune(90)).toBe(1);
    // Settled again today, which is what counts then.
    await repository(EventEntity).update({ id: replayed!.id }, { status: 'succeeded', processedAt: new Date() });
    expect(await store.prune(90)).toBe(0);

    expect(await storedIds()).toEqual([replayed!.stripeId]);
    expect(await repository(CustomerEntity).find()).toEqual(customers);
  });

  it("goes by the database's clock", async () => {
    await tables.events([settled(1)]);
    const ahead = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 400 * DAY);
    try {
      expect(await store.prune(90)).toBe(0);
    } finally {
      ahead.mockRestore();
    }
  });

  it('goes past any number of old events that have to stay', async () => {
    await tables.events([...times(1_100, () => settled(200, { status: 'dead' })), settled(150), settled(1)]);
    expect(await store.prune(90)).toBe(1);
    expect(await storedIds()).toHaveLength(1_101);
  });

  it('looks at no event that is too young', async () => {
    await tables.events(times(1_200, () => settled(1)));
    const { database, statements } = counting(tables.database);

    await new EventPruneStore(database).prune(90);

    // The time, and that there is nothing up to then.
    expect(statements).toHaveLength(2);
  });

  it('deletes a few hundred at a time', async () => {
    await tables.events(times(1_200, () => settled(100)));
    const batches: number[] = [];
    const noted = Object.create(tables.database) as LedgerDatabase;
    noted.run = async (unit, timeoutMs) => {
      const before = await repository(EventEntity).count();
      const result = await tables.database.run(unit, timeoutMs);
      batches.push(before - (await repository(EventEntity).count()));
      return result;
    };

    expect(await new EventPruneStore(noted).prune(90)).toBe(1_200);

    expect(batches.filter((size) => size > 0)).toEqual([500, 500, 200]);
  });

  it('stops before the next batch when it is told to', async () => {
    await tables.events(times(700, () => settled(100)));
    const stop = new AbortController();
    const stopping = Object.create(tables.database) as LedgerDatabase;
    stopping.run = async (unit, timeoutMs) => {
      const result = await tables.database.run(unit, timeoutMs);
      if (!unit.single) {
        stop.abort();
      }
      return result;
    };

    expect(await new EventPruneStore(stopping).prune(90, stop.signal)).toBe(500);
    expect(await storedIds()).toHaveLength(200);
    expect(await store.prune(90, AbortSignal.abort())).toBe(0);
  });

  it('is done by several at the same time', async () => {
    await tables.events(times(1_500, (index) => settled(100, index % 3 === 0 ? { status: 'dead' } : {})));
    await complete();
    const another = await LedgerDatabase.open(tables.database.dataSource, EventEntity);
    const stores = [store, new EventPruneStore(another), store, new EventPruneStore(another)];

    const pruned = await Promise.all(stores.map((each) => each.prune(90)));
    // A scan of InnoDB locks the row behind its range for a moment, and who comes by then leaves it for the next pass.
    pruned.push(await store.prune(90));

    expect(pruned.reduce((sum, count) => sum + count, 0)).toBe(1_000);
    expect(new Set((await stored()).map(({ status }) => status))).toEqual(new Set(['dead']));
    expect(await torn()).toEqual([]);
    await another.close();
  });

  it.each([
    ['between two batches', (batch: number, sql: string) => batch === 2 && sql.startsWith('SELECT')],
    ['within a batch', (batch: number, sql: string) => batch === 2 && /^DELETE FROM \S*stripe_event\S? /.test(sql)],
  ])('can be cut off %s', async (_when, isCut) => {
    await tables.events(times(700, () => settled(100)));
    await complete();

    await expect(new EventPruneStore(cut(tables.database, isCut)).prune(90)).rejects.toThrow('cut off');

    expect(await storedIds()).toHaveLength(200);
    expect(await torn()).toEqual([]);
    expect(await store.prune(90)).toBe(200);
    expect(await repository(EventPayloadEntity).count()).toBe(0);
  });

  if (kind.family !== 'sqlite') {
    it('waits for nobody: an event that another transaction has is left for the next time', async () => {
      await tables.events([settled(102), settled(101), settled(100)]);
      const [, locked] = (await stored()).map(({ id }) => id).sort();
      const other = tables.database.dataSource.createQueryRunner();
      await other.startTransaction();
      try {
        await other.query(`SELECT id FROM stripe_event WHERE id = '${locked!}' FOR UPDATE`);

        expect(await store.prune(90)).toBe(2);
        expect((await stored()).map(({ id }) => id)).toEqual([locked]);
      } finally {
        await other.rollbackTransaction();
        await other.release();
      }
      expect(await store.prune(90)).toBe(1);
    });
  }
});

/** The same database, which fails before such a statement of the transaction of this number. */
function cut(database: LedgerDatabase, isCut: (batch: number, sql: string) => boolean): LedgerDatabase {
  let batch = 0;
  const failing = Object.create(database) as LedgerDatabase;
  failing.run = <T>(unit: UnitOfWork<T>, timeoutMs?: number): Promise<T> => {
    batch += unit.single ? 0 : 1;
    return database.run(
      { single: unit.single, steps: () => cutSteps(unit.steps(), (sql) => isCut(batch, sql)) },
      timeoutMs,
    );
  };
  return failing;
}

function* cutSteps<T>(
  steps: Generator<Statement, T, Row[]>,
  isCut: (sql: string) => boolean,
): Generator<Statement, T, Row[]> {
  let step = steps.next();
  while (step.done !== true) {
    if (isCut(step.value.sql)) {
      throw new Error('cut off');
    }
    step = steps.next(yield step.value);
  }
  return step.value;
}
