import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { LoggerService } from '@nestjs/common';
import {
  EventEntity,
  InvalidOptionsError,
  InvalidRequestError,
  StripeEventActionService,
  type StripeModuleOptions,
} from 'nestjs-stripe-events';
import { UlidFactory } from '../../src/common';
import type { LedgerDatabase } from '../../src/database';
import { EventPruner, EventPruneStore } from '../../src/events';
import { settingsOf } from '../../src/stripe.settings';
import { memoryDatabase } from '../support/databases';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { openLedgerTables, type LedgerTables } from './ledger-tables';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Lets so much time pass, and what becomes due in it come to its end. */
async function pass(ms: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(ms);
  // A statement takes a turn of the event loop and, where it meets another, a short pause.
  for (let index = 0; index < 50; index += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    await jest.advanceTimersByTimeAsync(20);
  }
}

describe('retention', () => {
  let ledger: LedgerApp;
  let log: string[];

  // Timers alone: what is old enough is decided by the database's own clock.
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['Date', 'nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'hrtime'] });
  });
  afterEach(async () => {
    jest.useRealTimers();
    await ledger.close();
  });

  async function start(stripe: StripeModuleOptions): Promise<void> {
    log = [];
    const note = (message: unknown): void => void log.push(String(message));
    const logger: LoggerService = { log: note, error: note, warn: note };
    // Looking for due events every second would be most of what a test does that runs for hours.
    const processing = { sweepMs: DAY, ...stripe.processing };
    ledger = await startLedgerApp({
      ...{ database: memoryDatabase, platform: platforms[0]!, app: { logger } },
      stripe: { ...stripe, processing: stripe.processing === false ? false : processing },
    });
  }

  const events = () => ledger.dataSource.getRepository(EventEntity);
  async function settled(...days: number[]): Promise<void> {
    const rows = days.map((count) => {
      const receivedAt = new Date(Date.now() - count * DAY);
      const id = new UlidFactory().next(receivedAt.getTime());
      const known = { id, stripeId: `evt_${id}`, kind: 'invoice.paid', livemode: true, source: 'webhook' } as const;
      return { ...known, status: 'succeeded', receivedAt, processedAt: receivedAt } as const;
    });
    await events().insert(rows);
  }

  it('is 90 days where nothing is said: soon after the start, and every hour from then on', async () => {
    await start({});
    await settled(91, 89);
    await pass(10 * MINUTE);
    expect(await events().count()).toBe(1);

    await settled(91);
    await pass(40 * MINUTE);
    expect(await events().count()).toBe(2);
    await pass(30 * MINUTE);
    expect(await events().count()).toBe(1);

    await settled(91);
    await pass(67 * MINUTE);
    expect(await events().count()).toBe(1);
    expect(log.filter((line) => line.includes('deleted'))).toEqual(
      Array(3).fill('1 events were deleted that had been settled for 90 days.'),
    );
  });

  it('can be chosen', async () => {
    await start({ retention: { days: 30 } });
    await settled(31, 29);
    await pass(10 * MINUTE);
    expect(await events().count()).toBe(1);
    expect(log.filter((line) => line.includes('retention.days'))).toEqual([]);
  });

  it.each([[{ retention: false }], [{ processing: false }], [{ processing: false, retention: { days: 10 } }]] as const)(
    'is nobody’s task here with %j',
    async (stripe) => {
      await start(stripe);
      await settled(400);
      await pass(3 * HOUR);
      expect(await events().count()).toBe(1);
      expect(log.filter((line) => line.includes('retention.days'))).toEqual([]);
    },
  );

  it('is warned of where events can come again that are gone', async () => {
    await start({ retention: { days: 29 } });
    expect(log.filter((line) => line.includes('retention.days'))).toEqual([
      'Events are deleted after 29 days (retention.days), but can be sent again from Stripe for 30: one that is sent ' +
        'again after it was deleted is handled again.',
    ]);
  });

  it('survives a database that does not answer', async () => {
    await start({});
    await settled(91);
    await ledger.dataSource.query('ALTER TABLE stripe_event_payload RENAME TO moved');
    await pass(10 * MINUTE);
    expect(await events().count()).toBe(1);
    expect(log.filter((line) => line.startsWith('Old events could not be deleted'))).toHaveLength(1);

    await ledger.dataSource.query('ALTER TABLE moved RENAME TO stripe_event_payload');
    await pass(70 * MINUTE);
    expect(await events().count()).toBe(0);
  });

  describe('prune()', () => {
    beforeEach(() => {
      jest.useRealTimers();
    });

    it('does it at once', async () => {
      await start({ processing: false, retention: false });
      await settled(10, 8);
      expect(await ledger.app.get(StripeEventActionService).prune({ olderThanDays: 9 })).toBe(1);
      expect(await events().count()).toBe(1);
    });

    it.each([0, -1, 1.5, NaN, Infinity, '9', null, undefined, 36_501])('refuses %p days', async (olderThanDays) => {
      await start({ processing: false });
      await settled(400);
      const pruned = ledger.app.get(StripeEventActionService).prune({ olderThanDays: olderThanDays as number });
      await expect(pruned).rejects.toThrow(InvalidRequestError);
      expect(await events().count()).toBe(1);
    });
  });
});

describe('the option retention', () => {
  const settings = (retention: unknown) =>
    settingsOf({ webhookSecret: 'whsec_1', retention: retention as { days: number } }, {});

  it.each([
    null,
    true,
    90,
    'never',
    {},
    [],
    { days: 0 },
    { days: -1 },
    { days: 1.5 },
    { days: '90' },
    { days: 36_501 },
  ])('refuses %j', (retention) => {
    expect(() => settings(retention)).toThrow(InvalidOptionsError);
    expect(() => settings(retention)).toThrow(
      'retention must be false, or { days } with a whole number from 1 to 36500',
    );
  });

  it.each([
    [undefined, 90],
    [false, null],
    [{ days: 36_500 }, 36_500],
  ])('takes %j for %p', (retention, days) => {
    expect(settings(retention).retentionDays).toBe(days);
  });
});

describe('EventPruner', () => {
  let tables: LedgerTables;

  beforeEach(async () => {
    tables = await openLedgerTables(memoryDatabase);
  });
  afterEach(() => tables.close());

  it('ends with the application, in the middle of a pass', async () => {
    const old = new Date(Date.now() - 100 * DAY);
    await tables.events(Array.from({ length: 1_200 }, () => ({ receivedAt: old, processedAt: old })));
    const database = Object.create(tables.database) as LedgerDatabase;
    const pruner = new EventPruner(new EventPruneStore(database), 90, () => 0);
    const ended = new Promise<void>((resolve) => {
      database.run = async (unit, timeoutMs) => {
        const result = await tables.database.run(unit, timeoutMs);
        if (!unit.single) {
          void pruner.beforeApplicationShutdown().then(resolve);
        }
        return result;
      };
    });

    pruner.onApplicationBootstrap();
    await ended;

    expect(await tables.database.dataSource.getRepository(EventEntity).count()).toBe(700);
  });

  it('does not keep its process alive, and leaves no timer behind', async () => {
    const timers = jest.spyOn(globalThis, 'setTimeout');
    const ended = jest.spyOn(globalThis, 'clearTimeout');
    try {
      const pruner = new EventPruner(new EventPruneStore(tables.database), 90);
      pruner.onApplicationBootstrap();
      const [timer] = timers.mock.results.map(({ value }) => value as NodeJS.Timeout);
      expect(timer?.hasRef()).toBe(false);

      await pruner.beforeApplicationShutdown();
      expect(ended).toHaveBeenCalledWith(timer);
    } finally {
      timers.mockRestore();
      ended.mockRestore();
    }
  });
});
