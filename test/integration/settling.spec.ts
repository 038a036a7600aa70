import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { LeaseLostError } from '../../src/errors';
import {
  HandlerRunStore,
  EventEntity,
  HandlerRunEntity,
  LeaseStore,
  type EventOutcome,
  type LeasedWrite,
  type RunRecord,
} from '../../src/events';
import { counting } from '../support/counting-database';
import { databases } from '../support/databases';
import { openLedgerTables, type LedgerTables } from './ledger-tables';

const POLICY = { leaseMs: 60_000, replayRestMs: 0, orderingPatienceMs: null };
const HELD = {
  status: 'processing',
  attempts: 3,
  leaseNo: 4,
  leaseUntil: new Date(Date.now() + 60_000),
  lastError: 'before',
} as const;

function ran(run: Partial<RunRecord> = {}): RunRecord {
  return {
    handler: 'billing',
    status: 'succeeded',
    attempts: 1,
    startedAtMs: 1_000,
    finishedAtMs: 1_250,
    error: null,
    ...run,
  };
}

const succeeded: EventOutcome = { status: 'succeeded' };
const later = (delayMs: number, counts = true, error: string | null = 'again'): EventOutcome => {
  return { status: 'pending', delayMs, error, counts };
};

describe.each(databases)('settling, on $name', (kind) => {
  let tables: LedgerTables;
  let leases: LeaseStore;

  beforeAll(async () => {
    tables = await openLedgerTables(kind);
    leases = new LeaseStore(tables.database, POLICY);
  });
  afterAll(() => tables.close());
  afterEach(async () => {
    for (const entity of [EventEntity, HandlerRunEntity]) {
      await tables.database.query(`DELETE FROM ${tables.database.table(entity)}`);
    }
  });

  const events = () => tables.database.dataSource.getRepository(EventEntity);
  const runs = () => tables.database.dataSource.getRepository(HandlerRunEntity);
  const stored = (): Promise<EventEntity[]> => events().find({ order: { id: 'ASC' } });
  async function held(count: number, row: Partial<EventEntity> = HELD): Promise<EventEntity[]> {
    await tables.events(Array.from({ length: count }, () => row));
    return stored();
  }
  async function settle(outcome: EventOutcome): Promise<EventEntity> {
    const [lease] = await held(1);
    expect((await leases.write([{ lease: lease!, outcome }])).size).toBe(0);
    return (await stored())[0]!;
  }

  it.each([
    [succeeded, { status: 'succeeded', attempts: 3, lastError: null, nextAttemptAt: null }],
    [
      { status: 'dead', error: 'never' },
      { status: 'dead', attempts: 3, lastError: 'never', nextAttemptAt: null },
    ],
    [
      { status: 'ignored', reason: 'no-handler' },
      { status: 'ignored', ignoredReason: 'no-handler', attempts: 3, lastError: 'before' },
    ],
    [later(0), { status: 'pending', attempts: 3, lastError: 'again', processedAt: null }],
    [later(0, false, null), { status: 'pending', attempts: 2, lastError: 'before', processedAt: null }],
  ] as [EventOutcome, object][])('writes the outcome %j', async (outcome, expected) => {
    const event = await settle(outcome);
    expect(event).toMatchObject({ ...expected, leaseNo: 4, leaseUntil: null, orderLock: null });
    const [at] = [event.processedAt, event.nextAttemptAt].filter((moment) => moment !== null);
    expect(Math.abs(at!.getTime() - Date.now())).toBeLessThan(20_000);
  });

  it('counts a delay from now, by the clock of the database', async () => {
    const [before] = await tables.database.query(`SELECT ${tables.database.dialect.now} AS now`);
    const { nextAttemptAt } = await settle(later(3_600_000));
    const waited = nextAttemptAt!.getTime() - Number(before!.now);
    expect(waited).toBeGreaterThanOrEqual(3_600_000);
    expect(waited).toBeLessThan(3_620_000);
  });

  it('writes a batch of all kinds, to each event its own', async () => {
    const all = await held(7);
    const outcomes: (EventOutcome | undefined)[] = [
      succeeded,
      { status: 'dead', error: 'never' },
      later(1_000, true, 'busy'),
      { status: 'ignored', reason: 'filtered' },
      later(7_200_000, false, 'not yet'),
      undefined,
      succeeded,
    ];
    const writes = all.map((lease, index): LeasedWrite => {
      const outcome = outcomes[index];
      const run = ran({ handler: `handler ${index}`, attempts: index + 1 });
      return { lease, ...(index === 3 ? {} : { run }), ...(outcome === undefined ? {} : { outcome }) };
    });

    expect((await leases.write(writes)).size).toBe(0);

    expect(await stored()).toMatchObject([
      { status: 'succeeded', lastError: null },
      { status: 'dead', lastError: 'never' },
      { status: 'pending', lastError: 'busy', attempts: 3 },
      { status: 'ignored', ignoredReason: 'filtered' },
      { status: 'pending', lastError: 'not yet', attempts: 2 },
      { status: 'processing', lastError: 'before', leaseUntil: all[5]!.leaseUntil },
      { status: 'succeeded', lastError: null },
    ]);
    expect((await runs().find({ order: { attempts: 'ASC' } })).map(({ eventId, handler, attempts }) => [eventId, handler, attempts])).toEqual([0, 1, 2, 4, 5, 6].map((index) => [all[index]!.id, `handler ${index}`, index + 1])); // prettier-ignore
  });

  it('keeps the latest attempt of a handler, and those before it', async () => {
    const [lease] = await held(1);
    await leases.write([{ lease: lease!, run: ran({ status: 'failed', error: 'no', attempts: 1 }) }]);
    const earlier = [{ attempt: 1, startedAtMs: 4_000, durationMs: 2, error: 'größe 漢字 🎉 "\\"' }];
    await leases.write([
      { lease: lease!, run: ran({ attempts: 2, startedAtMs: 5_000, finishedAtMs: 5_001, earlier }) },
    ]);

    const latest = { eventId: lease!.id, replayNo: 0, status: 'succeeded', attempts: 2, error: null, durationMs: 1 };
    expect(await runs().find()).toMatchObject([{ ...latest, earlier }]);
    expect(await new HandlerRunStore(tables.database).historyOf({ id: lease!.id, replayNo: 1 })).toMatchObject([
      { ...latest, earlier },
    ]);
  });

  it.each([
    String.raw`a "quoted", {braced} \ back\\slashed, 'single' NULL`,
    'NULL',
    'a\nb\tc',
    'größe 漢字 🎉',
    '$1 ? :x %s -- ; DROP TABLE',
    'x'.repeat(2_000),
  ])('keeps the text of an error as it is: %j', async (error) => {
    const [lease] = await held(1);
    const write = { lease: lease!, run: ran({ status: 'dead', error }), outcome: { status: 'dead', error } } as const;
    await leases.write([write]);
    expect((await stored())[0]!.lastError).toBe(error);
    expect((await runs().find())[0]!.error).toBe(error);
  });

  describe('by a worker that lost its lease', () => {
    it('writes nothing', async () => {
      const [lease] = await held(1);
      await events().update(lease!.id, { leaseNo: 5 });
      const before = await stored();
      const write = { lease: lease!, run: ran(), outcome: succeeded };

      expect([...(await leases.write([write]))]).toEqual([write]);

      expect(await stored()).toEqual(before);
      expect(await runs().count()).toBe(0);
    });

    it.each(['pending', 'succeeded', 'dead', 'ignored'] as const)(
      'writes nothing on an event that is %s',
      async (status) => {
        const [lease] = await held(1, { ...HELD, status });
        expect((await leases.write([{ lease: lease!, run: ran(), outcome: succeeded }])).size).toBe(1);
        expect(await stored()).toMatchObject([{ status, lastError: 'before' }]);
        expect(await runs().count()).toBe(0);
      },
    );

    it('is told apart from the one that has it now, also within one batch', async () => {
      const [lease] = await held(1);
      const late = { lease: { ...lease!, leaseNo: 3 }, run: ran({ handler: 'late' }), outcome: { status: 'dead', error: 'late' } } as const; // prettier-ignore
      const current = { lease: lease!, run: ran({ handler: 'current' }), outcome: succeeded };

      for (const writes of [
        [late, current],
        [current, late],
      ]) {
        await events().update(lease!.id, { status: 'processing' });
        expect([...(await leases.write(writes))]).toEqual([late]);
        expect(await stored()).toMatchObject([{ status: 'succeeded', lastError: null }]);
      }

      expect((await runs().find()).map(({ handler }) => handler)).toEqual(['current']);
    });

    it('does not stand in the way of the others in its batch', async () => {
      const all = await held(3);
      await events().update(all[1]!.id, { leaseNo: 9 });
      const writes = all.map((lease) => ({ lease, run: ran(), outcome: succeeded }));

      expect([...(await leases.write(writes))]).toEqual([writes[1]]);

      expect((await stored()).map(({ status }) => status)).toEqual(['succeeded', 'processing', 'succeeded']);
      expect(await runs().count()).toBe(2);
    });
  });

  describe('within an open transaction', () => {
    it('is there with the transaction, and not without it', async () => {
      const [lease] = await held(1);
      const record = (fail: boolean): Promise<void> =>
        tables.database.transaction(async (open) => {
          await open.within(leases.recordingRun({ lease: lease!, run: ran() }));
          if (fail) {
            throw new Error('after all, no');
          }
        });

      await expect(record(true)).rejects.toThrow('after all, no');
      expect(await runs().count()).toBe(0);

      await record(false);
      expect(await runs().count()).toBe(1);
      expect(await stored()).toMatchObject([{ status: 'processing', leaseNo: 4 }]);
    });

    it('undoes the transaction when the lease is lost', async () => {
      const [lease] = await held(1);
      const lost = { ...lease!, leaseNo: 3 };
      const work = tables.database.transaction(async (open) => {
        await open.manager.update(EventEntity, lease!.id, { lastError: 'an effect' });
        await open.within(leases.recordingRun({ lease: lost, run: ran() }));
      });

      await expect(work).rejects.toBeInstanceOf(LeaseLostError);
      expect(await stored()).toMatchObject([{ lastError: 'before' }]);
      expect(await runs().count()).toBe(0);
    });
  });

  it('renews the leases that hold, and says which do not', async () => {
    const all = await held(4, { ...HELD, leaseUntil: new Date(1_000) });
    await events().update(all[1]!.id, { leaseNo: 9 });
    await events().update(all[2]!.id, { status: 'pending' });

    expect(await leases.renew(all)).toEqual([all[1], all[2]]);

    const renewed = (await stored()).map(({ leaseUntil }) => leaseUntil!.getTime() > Date.now());
    expect(renewed).toEqual([true, false, false, true]);
  });

  it('takes few statements, however many events there are', async () => {
    const all = await held(100);
    const { database, statements } = counting(tables.database);
    const store = new LeaseStore(database, POLICY);

    await store.renew(all);
    // MySQL has no way to change and return in one; on SQLite no statement travels.
    expect(statements).toHaveLength({ postgres: 1, mysql: 2, sqlite: 100 }[kind.family]);

    statements.length = 0;
    await store.write(all.map((lease, index) => ({ lease, run: ran(), outcome: later(index) })));
    expect(statements).toHaveLength({ postgres: 1, mysql: 3, sqlite: 200 }[kind.family]);
    // No more texts than that, so that each can be parsed once.
    expect(new Set(statements).size).toBe({ postgres: 1, mysql: 3, sqlite: 2 }[kind.family]);
    expect(await events().countBy({ status: 'pending' })).toBe(100);
  });

  it('lets many workers settle and renew at the same time, each event once', async () => {
    const all = await held(60);
    const settle = (index: number): Promise<ReadonlySet<LeasedWrite>> => {
      const part = index % 2 === 0 ? all : [...all].reverse();
      return leases.write(part.map((lease) => ({ lease, run: ran({ attempts: index + 1 }), outcome: succeeded })));
    };
    const writing = Array.from({ length: 6 }, (_, index) => settle(index));
    const renewing = Array.from({ length: 6 }, (_, index) => leases.renew(index % 2 === 0 ? all : [...all].reverse()));

    const lost = await Promise.all(writing);
    await Promise.all(renewing);

    expect(lost.reduce((sum, { size }) => sum + size, 0)).toBe(5 * 60);
    expect(await events().countBy({ status: 'succeeded' })).toBe(60);
    expect(await runs().count()).toBe(60);
  });
});
