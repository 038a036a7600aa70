import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { EventEntity, LeaseStore, type DeadEvent } from '../../src/events';
import { counting } from '../support/counting-database';
import { databases } from '../support/databases';
import { openLedgerTables, type LedgerTables } from './ledger-tables';

const MINUTE = 60_000;
const POLICY = { leaseMs: MINUTE, replayRestMs: 0, orderingPatienceMs: null };

const ago = (ms: number): Date => new Date(Date.now() - ms);
const due = (row: Partial<EventEntity> = {}): Partial<EventEntity> => ({
  status: 'pending',
  nextAttemptAt: ago(MINUTE),
  ...row,
});
const lost = (row: Partial<EventEntity> = {}): Partial<EventEntity> => ({
  status: 'processing',
  leaseNo: 1,
  attempts: 1,
  leaseUntil: ago(MINUTE),
  ...row,
});

describe.each(databases)('claiming, on $name', (kind) => {
  let tables: LedgerTables;
  let leases: LeaseStore;

  beforeAll(async () => {
    tables = await openLedgerTables(kind);
    leases = new LeaseStore(tables.database, POLICY);
  });
  afterAll(() => tables.close());
  afterEach(() => tables.database.query(`DELETE FROM ${tables.database.table(EventEntity)}`));

  const events = () => tables.database.dataSource.getRepository(EventEntity);
  const stored = (): Promise<EventEntity[]> => events().find({ order: { id: 'ASC' } });
  const ids = (claimed: readonly EventEntity[]): string[] => claimed.map(({ stripeId }) => stripeId);

  it('gives what is due, longest due first, and says whether there may be more', async () => {
    const times = [3, 1, 2].map((minutes) => ago(minutes * MINUTE));
    await tables.events([
      ...times.map((nextAttemptAt, index) => due({ stripeId: `evt_${index}`, nextAttemptAt })),
      due({ stripeId: 'evt_later', nextAttemptAt: new Date(Date.now() + MINUTE) }),
      { stripeId: 'evt_done' },
    ]);

    const first = await leases.claim(2);
    expect(ids(first.events)).toEqual(['evt_0', 'evt_2']);
    expect(first.more).toBe(true);

    const rest = await leases.claim(2);
    expect(ids(rest.events)).toEqual(['evt_1']);
    expect(rest.more).toBe(false);
    expect((await leases.claim(2)).events).toEqual([]);
  });

  it('hands out the event with its lease, as it is stored', async () => {
    await tables.events([due({ leaseNo: 2, attempts: 1, heldSince: ago(1) })]);
    const { events: claimed } = await leases.claim(1);
    expect(claimed).toMatchObject([{ status: 'processing', leaseNo: 3, attempts: 2, heldSince: null }]);
    expect(claimed[0]!.leaseUntil!.getTime()).toBeGreaterThan(Date.now() + MINUTE / 2);
    expect(claimed).toEqual(await stored());
  });

  it('gives no event to two workers', async () => {
    await tables.events(Array.from({ length: 300 }, () => due()));
    const workers = Array.from({ length: 6 }, () => new LeaseStore(tables.database, POLICY));

    const claimed = await Promise.all(
      workers.map(async (worker) => {
        const mine: string[] = [];
        for (let more = true; more;) {
          const claim = await worker.claim(7);
          mine.push(...ids(claim.events));
          more = claim.events.length > 0;
        }
        return mine;
      }),
    );

    expect(new Set(claimed.flat()).size).toBe(300);
    expect(claimed.flat()).toHaveLength(300);
    expect(await events().countBy({ leaseNo: 1 })).toBe(300);
  });

  describe('with a thousand replayed events', () => {
    const replayed = (): Promise<void> =>
      tables.events(Array.from({ length: 1_000 }, () => due({ lane: 1, nextAttemptAt: ago(60 * MINUTE) })));

    it('gives those first that come in, and lets the replayed ones get on all the same', async () => {
      await replayed();
      const worker = new LeaseStore(tables.database, POLICY);
      const lanes: number[][] = [];
      for (let round = 0; round < 32; round += 1) {
        await tables.events(Array.from({ length: 8 }, () => due()));
        lanes.push((await worker.claim(8)).events.map(({ lane }) => lane));
      }

      // All the places are wanted by events that come in; an eighth of the claims gives a quarter of them away.
      expect(lanes.filter((claimed) => claimed.every((lane) => lane === 0))).toHaveLength(28);
      expect(lanes.flat().filter((lane) => lane === 1)).toHaveLength(4 * 2);
      expect(await events().countBy({ status: 'pending', lane: 0 })).toBe(4 * 2);
    });

    it('takes them as soon as there are places left', async () => {
      await replayed();
      const worker = new LeaseStore(tables.database, { ...POLICY, replayRestMs: 10 * MINUTE });
      await tables.events([due(), due()]);

      expect((await worker.claim(10)).events.map(({ lane }) => lane)).toEqual([0, 0, 1, 1, 1, 1, 1, 1, 1, 1]);
      expect((await worker.claim(50)).events).toHaveLength(50);
    });
  });

  it('does not ask for replayed events each time when there are none', async () => {
    const { database, statements } = counting(tables.database);
    const worker = new LeaseStore(database, { ...POLICY, replayRestMs: 10 * MINUTE });

    for (let claim = 0; claim < 20; claim += 1) {
      await worker.claim(10);
    }

    expect(statements.filter((sql) => sql.includes('lane = 0'))).toHaveLength(20);
    expect(statements.filter((sql) => sql.includes('lane = 1'))).toHaveLength(1);
  });

  it('takes few statements', async () => {
    await tables.events(Array.from({ length: 50 }, () => due()));
    const { database, statements } = counting(tables.database);
    expect((await new LeaseStore(database, POLICY).claim(50)).events).toHaveLength(50);
    // MySQL cannot change and return in one.
    expect(statements).toHaveLength(kind.family === 'mysql' ? 3 : 1);
  });

  describe('events of workers that vanished', () => {
    it('are due at once, and free their object', async () => {
      await tables.events([lost({ orderLock: 'lock' }), lost({ leaseUntil: new Date(Date.now() + MINUTE) })]);

      expect(await leases.reap(10)).toBe(1);

      const [freed, held] = await stored();
      expect(freed).toMatchObject({ status: 'pending', lost: 1, attempts: 1, leaseUntil: null, orderLock: null });
      expect(freed!.lastError).toContain('vanished');
      expect(held).toMatchObject({ status: 'processing', lost: 0 });
      expect((await leases.claim(10)).events.map(({ id }) => id)).toEqual([freed!.id]);
    });

    it('are dead after the fifth worker, however many attempts there were, and that is told', async () => {
      await tables.events([lost({ lost: 4, attempts: 5 }), lost({ lost: 3, attempts: 1_000 })]);
      const dead: DeadEvent[] = [];
      const telling = new LeaseStore(tables.database, POLICY, (some) => dead.push(...some));

      expect(await telling.reap(10)).toBe(2);

      const [gone, alive] = await stored();
      expect(gone).toMatchObject({ status: 'dead', lost: 5, nextAttemptAt: null, orderLock: null });
      expect(alive).toMatchObject({ status: 'pending', lost: 4 });
      expect(dead.map(({ id }) => id)).toEqual([gone!.id]);
    });

    it('come apart when it happens again, so that the guilty one takes down no others', async () => {
      await tables.events(Array.from({ length: 40 }, () => lost({ lost: 2 })));
      await leases.reap(100);

      const times = (await stored()).map(({ nextAttemptAt }) => nextAttemptAt!.getTime());
      const now = await databaseNow();
      expect(new Set(times).size).toBeGreaterThan(20);
      expect(Math.max(...times)).toBeLessThanOrEqual(now + 20_000);
      expect(Math.max(...times)).toBeGreaterThan(now + 1_000);
    });

    it('are found a batch at a time, the longest lost first', async () => {
      await tables.events(
        [1, 3, 2].map((minutes) => lost({ stripeId: `evt_${minutes}`, leaseUntil: ago(minutes * MINUTE) })),
      );
      expect(await leases.reap(2)).toBe(2);
      expect((await events().findBy({ status: 'processing' })).map(({ stripeId }) => stripeId)).toEqual(['evt_1']);
      expect(await leases.reap(2)).toBe(1);
      expect(await leases.reap(2)).toBe(0);
    });

    it('are taken once by two that look at the same time', async () => {
      await tables.events(Array.from({ length: 120 }, () => lost()));
      const counts = await Promise.all([leases.reap(50), leases.reap(50), leases.reap(50), leases.reap(50)]);
      const rest = await leases.reap(200);
      expect(counts.reduce((sum, count) => sum + count, rest)).toBe(120);
      expect(await events().countBy({ lost: 1 })).toBe(120);
    });
  });

  async function databaseNow(): Promise<number> {
    const [row] = await tables.database.query(`SELECT ${tables.database.dialect.now} AS now`);
    return Number(row!.now);
  }
});
