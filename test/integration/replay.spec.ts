import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { InvalidRequestError } from 'nestjs-stripe-events';
import { EventEntity, EventReplayStore, HandlerRunEntity, HandlerRunStore, LeaseStore } from '../../src/events';
import { counting } from '../support/counting-database';
import { databases } from '../support/databases';
import { openLedgerTables, type LedgerTables } from './ledger-tables';

const HOUR = 60 * 60_000;
const LEASES = { leaseMs: 60_000, replayRestMs: 0, orderingPatienceMs: null };
const SETTLED = {
  status: 'dead',
  attempts: 16,
  lost: 2,
  leaseNo: 18,
  processedAt: new Date(),
  lastError: 'no',
} as const;

describe.each(databases)('EventReplayStore on $name', (kind) => {
  let tables: LedgerTables;
  let replays: EventReplayStore;

  beforeAll(async () => {
    tables = await openLedgerTables(kind);
    replays = new EventReplayStore(tables.database);
  });
  afterAll(() => tables.close());
  afterEach(async () => {
    for (const entity of [EventEntity, HandlerRunEntity]) {
      await tables.database.query(`DELETE FROM ${tables.database.table(entity)}`);
    }
  });

  const stored = (): Promise<EventEntity[]> => events().find({ order: { id: 'ASC' } });
  const events = () => tables.database.dataSource.getRepository(EventEntity);
  const runs = () => tables.database.dataSource.getRepository(HandlerRunEntity);
  async function named(...rows: Partial<EventEntity>[]): Promise<EventEntity[]> {
    await tables.events(rows);
    return stored();
  }
  async function due(): Promise<string[]> {
    return (await stored()).filter(({ status }) => status === 'pending').map(({ stripeId }) => stripeId);
  }

  describe('one event', () => {
    it('is due again at once, as if nothing had been tried', async () => {
      const [dead, other] = await named(SETTLED, SETTLED);
      const before = Date.now() - HOUR;

      expect(await replays.replayOne(dead!.id)).toBe(true);

      const [replayed, untouched] = await stored();
      expect(replayed).toMatchObject({ status: 'pending', attempts: 0, lost: 0, leaseNo: 19, replayNo: 1, lane: 1 });
      expect(replayed).toMatchObject({ processedAt: null, lastError: null, ignoredReason: null });
      expect(replayed!.nextAttemptAt!.getTime()).toBeGreaterThan(before);
      expect((await new LeaseStore(tables.database, LEASES).claim(5)).events).toHaveLength(1);
      expect(untouched).toEqual(other);
    });

    it('is left alone while a worker has it', async () => {
      const [held] = await named({ status: 'processing', leaseNo: 1, leaseUntil: new Date() });
      expect(await replays.replayOne(held!.id)).toBe(false);
      expect(await stored()).toEqual([held]);
    });

    it('starts afresh, and keeps the records of before', async () => {
      const [event] = await named(SETTLED);
      await tables.runs([{ eventId: event!.id, handler: 'a' }, { eventId: event!.id, handler: 'b', status: 'dead' }]); // prettier-ignore

      await replays.replayOne(event!.id);

      expect(await countingRuns(tables)).toEqual([]);
      expect(await runs().count()).toBe(2);
    });

    it('that waits for its next attempt is due, and keeps its place before the replayed ones', async () => {
      const later = new Date(Date.now() + HOUR);
      const sooner = new Date(Date.now() - HOUR);
      const [retried, waiting] = await named(
        { status: 'pending', attempts: 3, nextAttemptAt: later, lastError: 'no' },
        { status: 'pending', nextAttemptAt: sooner },
      );
      expect(await replays.replayOne(retried!.id)).toBe(true);
      expect(await replays.replayOne(waiting!.id)).toBe(true);

      const [first, second] = await stored();
      expect(first).toMatchObject({ status: 'pending', lane: 0, attempts: 0, lastError: null });
      expect(first!.nextAttemptAt!.getTime()).toBeLessThan(later.getTime() - HOUR / 2);
      expect(second).toMatchObject({ status: 'pending', lane: 0, nextAttemptAt: sooner });
    });

    it('is lost to the worker that had it before', async () => {
      await tables.events([{ status: 'pending', nextAttemptAt: new Date(0) }]);
      const leases = new LeaseStore(tables.database, LEASES);
      const [before] = (await leases.claim(1)).events;
      await events().update(before!.id, { leaseUntil: new Date(0) });
      expect(await leases.reap(5)).toBe(1);
      await replays.replayOne(before!.id);
      const [after] = (await leases.claim(1)).events;

      const outcome = { status: 'dead', error: 'too late' } as const;
      const run = { handler: 'a', status: 'dead', attempts: 1, startedAtMs: 0, finishedAtMs: 0, error: 'no' } as const;
      const late = { lease: before!, outcome, run };
      expect([...(await leases.write([late]))]).toEqual([late]);
      expect(await leases.renew([before!])).toEqual([before]);

      expect(await stored()).toMatchObject([{ status: 'processing', leaseNo: after!.leaseNo, lastError: null }]);
      expect(await runs().count()).toBe(0);
      expect((await leases.write([{ lease: after!, outcome: { status: 'succeeded' } }])).size).toBe(0);
    });
  });

  describe('with chosen handlers', () => {
    it('forgets their runs, and no others', async () => {
      const [event, other] = await named({ replayNo: 1 }, { replayNo: 1 });
      for (const eventId of [event!.id, other!.id]) {
        for (const handler of ['a', 'b', 'c']) {
          await tables.runs([0, 1].map((replayNo) => ({ eventId, replayNo, handler })));
        }
      }

      expect(await replays.replayOne(event!.id, ['a', 'c'])).toBe(true);

      expect(await countingRuns(tables)).toEqual([
        `${event!.id} b`,
        ...['a', 'b', 'c'].map((id) => `${other!.id} ${id}`),
      ]);
      // What came out of it the time before is still told.
      expect(await runs().countBy({ eventId: event!.id, replayNo: 0 })).toBe(3);
      expect(await stored()).toMatchObject([{ status: 'pending' }, { status: 'succeeded' }]);
    });

    it('replays thousands, each once', async () => {
      await tables.events(Array.from({ length: 2_500 }, () => ({})));
      const all = await stored();
      await tables.runs(all.flatMap(({ id }) => ['a', 'b'].map((handler) => ({ eventId: id, handler }))));

      expect(await replays.replayMany({}, ['a'])).toBe(2_500);

      expect(await events().countBy({ status: 'pending', replayNo: 0 })).toBe(2_500);
      expect(await runs().countBy({ handler: 'a' })).toBe(0);
      expect(await runs().countBy({ handler: 'b' })).toBe(2_500);
    });
  });

  describe('many events', () => {
    const filtered = (): Promise<EventEntity[]> =>
      named(
        { ...SETTLED, stripeId: 'evt_dead', kind: 'invoice.paid' },
        { stripeId: 'evt_done', kind: 'invoice.paid', receivedAt: new Date() },
        { stripeId: 'evt_other', kind: 'charge.failed' },
        { stripeId: 'evt_held', status: 'processing', leaseUntil: new Date() },
        { stripeId: 'evt_ignored', status: 'ignored', ignoredReason: 'no-handler' },
        { stripeId: 'evt_test', status: 'ignored', ignoredReason: 'livemode', livemode: false },
      );

    it.each([
      [{}, ['evt_dead', 'evt_done', 'evt_other']],
      [{ status: 'dead' }, ['evt_dead']],
      [{ status: 'succeeded', kind: 'invoice.*' }, ['evt_done']],
      [{ status: 'processing' }, []],
      [{ to: new Date(0) }, []],
      [{ status: 'ignored' }, ['evt_ignored']],
      [{ status: 'ignored', livemode: false }, ['evt_test']],
      [{ limit: 2 }, ['evt_dead', 'evt_done']],
      [{ limit: 0 }, []],
      [{ limit: 3, status: 'succeeded' }, ['evt_done', 'evt_other']],
    ] as const)('are those of the filter %j, oldest first', async (filter, expected) => {
      await filtered();
      expect(await replays.replayMany(filter)).toBe(expected.length);
      expect(await due()).toEqual(expected);
    });

    it.each([-1, 1.5, NaN, Infinity, '1', null])('are none with the limit %p', async (limit) => {
      await filtered();
      await expect(replays.replayMany({ limit: limit as number })).rejects.toThrow(InvalidRequestError);
      expect(await due()).toEqual([]);
    });

    it('are replayed in one go, however many', async () => {
      await tables.events(Array.from({ length: 2_500 }, () => SETTLED));
      expect(await replays.replayMany({ status: 'dead' })).toBe(2_500);
      expect(await events().countBy({ status: 'pending', replayNo: 1 })).toBe(2_500);
    });

    it('are replayed once by two that do it at the same time', async () => {
      await tables.events(Array.from({ length: 300 }, () => SETTLED));
      const counts = await Promise.all([1, 2, 3].map(() => replays.replayMany({ status: 'dead' })));
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(300);
      expect(await events().countBy({ status: 'pending', replayNo: 1 })).toBe(300);
    });

    it('take few statements', async () => {
      await tables.events(Array.from({ length: 5_000 }, () => SETTLED));
      const { database, statements } = counting(tables.database);

      expect(await new EventReplayStore(database).replayMany({ status: 'dead' })).toBe(5_000);

      // MySQL cannot pick and change in one.
      expect(statements).toHaveLength(kind.family === 'mysql' ? 2 : 1);
    });
  });
});

/** `event handler` of the runs that count. */
async function countingRuns({ database }: LedgerTables): Promise<string[]> {
  const events = await database.dataSource.getRepository(EventEntity).find({ order: { id: 'ASC' } });
  const counted = await new HandlerRunStore(database).runsOf(events);
  return [...counted.values()].flat().map(({ eventId, handler }) => `${eventId} ${handler}`); // prettier-ignore
}
