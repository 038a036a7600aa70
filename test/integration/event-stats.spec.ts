import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENT_STATUSES, EventStatsQuery, HandlerRunEntity, type EventStatus } from '../../src/events';
import { databases } from '../support/databases';
import { openLedgerTables, type LedgerTables } from './ledger-tables';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 0, 15, 12, 7);

const ago = (ms: number): Date => new Date(NOW - ms);
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

describe.each(databases)('EventStatsQuery on $name', (kind) => {
  let tables: LedgerTables;
  let query: EventStatsQuery;

  beforeAll(async () => {
    tables = await openLedgerTables(kind);
    query = new EventStatsQuery(tables.database);
  });
  afterAll(() => tables.close());

  it('has an answer where nothing is stored', async () => {
    const stats = await query.stats(DAY);
    expect(stats).toMatchObject({
      byKind: [],
      otherKinds: 0,
      oldestDueAgeMs: null,
      handlers: [],
      bucketMs: 15 * MINUTE,
    });
    expect(Object.values(stats.byStatus)).toEqual([0, 0, 0, 0, 0]);
    expect(stats.to.getTime() - stats.from.getTime()).toBe(DAY);
    expect(Math.abs(stats.to.getTime() - Date.now())).toBeLessThan(MINUTE);
  });

  it.each([0, -1, MINUTE - 1, 90 * DAY + 1, NaN, Infinity])('refuses a window of %d ms', async (windowMs) => {
    await expect(query.stats(windowMs)).rejects.toThrow('window must be from 1 minute to 90 days');
  });

  describe('with events', () => {
    const event = (status: EventStatus, receivedAt: Date, kindOf = 'invoice.paid') => ({
      ...{ status, receivedAt, kind: kindOf },
      nextAttemptAt: status === 'pending' ? receivedAt : null,
    });

    beforeAll(() =>
      tables.events([
        event('pending', ago(3 * DAY)),
        event('succeeded', ago(25 * HOUR)),
        event('succeeded', ago(24 * HOUR - MINUTE)),
        event('ignored', ago(2 * HOUR), 'charge.updated'),
        ...times(60, (index) => event('ignored', ago(HOUR), `rare.${String(index).padStart(2, '0')}`)),
        event('dead', ago(20 * MINUTE)),
        event('processing', ago(MINUTE)),
        { ...event('pending', ago(1_000)), nextAttemptAt: new Date(NOW + HOUR) },
        event('pending', ago(500)),
      ]),
    );

    it('counts what was received in the window', async () => {
      const { byStatus, byKind, otherKinds } = await query.stats(DAY, NOW);

      expect(byStatus).toEqual({ pending: 2, processing: 1, succeeded: 1, dead: 1, ignored: 61 });
      expect(byKind).toHaveLength(50);
      expect(byKind.slice(0, 3)).toEqual([
        { kind: 'invoice.paid', count: 5 },
        { kind: 'charge.updated', count: 1 },
        { kind: 'rare.00', count: 1 },
      ]);
      expect(otherKinds).toBe(12);
    });

    it('shows when, without gaps', async () => {
      const { overTime, bucketMs } = await query.stats(DAY, NOW);

      expect(bucketMs).toBe(15 * MINUTE);
      expect(overTime).toHaveLength(97);
      expect(overTime[0]?.from.toISOString()).toBe('2026-01-14T12:00:00.000Z');
      expect(overTime.at(-1)).toEqual({
        from: new Date('2026-01-15T12:00:00.000Z'),
        ...{ pending: 2, processing: 1, succeeded: 0, dead: 0, ignored: 0 },
      });
      expect(overTime.find(({ dead }) => dead > 0)?.from.toISOString()).toBe('2026-01-15T11:45:00.000Z');
    });

    it('counts the end of a window that has more events than are counted', async () => {
      const bounded = new EventStatsQuery(tables.database, { events: 4, runs: 100 });

      const { from, to, complete, byStatus, byKind, overTime, bucketMs } = await bounded.stats(DAY, NOW);

      expect(complete).toBe(false);
      expect(from).toEqual(ago(HOUR));
      expect(to).toEqual(new Date(NOW));
      expect(byStatus).toEqual({ pending: 2, processing: 1, succeeded: 0, dead: 1, ignored: 0 });
      expect(byKind).toEqual([{ kind: 'invoice.paid', count: 4 }]);
      expect({ bucketMs, stretches: overTime.length }).toEqual({ bucketMs: MINUTE, stretches: 61 });
      expect((await bounded.stats(MINUTE, NOW)).complete).toBe(true);
    });

    it('puts events of a clock that is ahead where the window ends', async () => {
      const { overTime, byStatus } = await query.stats(HOUR, NOW - 10 * MINUTE);
      expect(byStatus.processing).toBe(1);
      expect(overTime.at(-1)?.processing).toBe(1);
    });

    it('tells how long the longest waiting event has been due, whenever it came', async () => {
      expect((await query.stats(HOUR, NOW)).oldestDueAgeMs).toBe(3 * DAY);
      expect((await query.stats(HOUR, NOW - 4 * DAY)).oldestDueAgeMs).toBeNull();
    });

    it.each([MINUTE, HOUR, 7 * DAY, 90 * DAY])('adds up over a window of %d ms', async (windowMs) => {
      const { byStatus, byKind, otherKinds, overTime } = await query.stats(windowMs, NOW);
      const total = EVENT_STATUSES.reduce((sum, status) => sum + byStatus[status], 0);
      expect(byKind.reduce((sum, { count }) => sum + count, otherKinds)).toBe(total);
      expect(overTime.length).toBeLessThanOrEqual(120);
    });
  });

  describe('with runs', () => {
    beforeAll(() =>
      tables.runs([
        ...times(100, (index) => ({
          eventId: `fast${index}`,
          handler: 'fast',
          durationMs: index + 1,
          finishedAt: ago(MINUTE),
        })),
        { eventId: 'a', handler: 'flaky', status: 'failed', attempts: 3, durationMs: 5, finishedAt: ago(MINUTE) },
        { eventId: 'b', handler: 'flaky', status: 'dead', attempts: 16, durationMs: 7, finishedAt: ago(MINUTE) },
        { eventId: 'c', handler: 'flaky', attempts: 2, durationMs: 9, finishedAt: ago(MINUTE) },
        { eventId: 'd', handler: 'old', durationMs: 9, finishedAt: ago(2 * HOUR) },
      ]),
    );

    it('tells how long handlers take, and which ones fail', async () => {
      expect((await query.stats(HOUR, NOW)).handlers).toEqual([
        { handler: 'fast', runs: 100, attempts: 100, failures: 0, p50Ms: 50, p95Ms: 95 },
        { handler: 'flaky', runs: 3, attempts: 21, failures: 2, p50Ms: 7, p95Ms: 9 },
      ]);
      expect((await query.stats(DAY, NOW)).handlers.map(({ handler }) => handler)).toEqual(['fast', 'flaky', 'old']);
    });

    it('counts the latest runs', async () => {
      await tables.runs(
        times(3, (index) => ({ eventId: `latest${index}`, handler: 'latest', finishedAt: ago(10 - index) })),
      );
      const bounded = new EventStatsQuery(tables.database, { events: 100, runs: 3 });
      expect((await bounded.stats(HOUR, NOW)).handlers).toMatchObject([{ handler: 'latest', runs: 3 }]);
      await tables.database.query(`DELETE FROM ${tables.database.table(HandlerRunEntity)} WHERE handler = 'latest'`);
    });

    it('takes durations from the latest 5,000 runs, and counts them all', async () => {
      await tables.runs(
        times(5_000, (index) => ({ eventId: `busy${index}`, handler: 'busy', durationMs: 3, finishedAt: ago(1_000) })),
      );
      const { handlers } = await query.stats(HOUR, NOW);
      expect(handlers.find(({ handler }) => handler === 'busy')).toMatchObject({ runs: 5_000, p50Ms: 3, p95Ms: 3 });
      expect(handlers.find(({ handler }) => handler === 'fast')).toMatchObject({ runs: 100, p50Ms: null, p95Ms: null });
    });
  });
});
