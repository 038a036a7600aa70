import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StripeEventActionService } from 'nestjs-stripe-events';
import { systemClock } from '../../src/common';
import { CatchUpSchedule, type CatchUpTimes, type StripeCatchUpRequest } from '../../src/sync';
import { SyncRuns, SyncRunStore, type SyncRunEntity } from '../../src/sync-runs';
import { memoryDatabase } from '../support/databases';
import { startLedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { API_KEY, startStripeApi } from '../support/stripe-api';
import { listedEvent } from '../support/stripe-events';
import { waitUntil } from '../support/wait-until';
import { openLedgerTables, type LedgerTables } from './ledger-tables';

const LIMITS = { leaseMs: 5_000, followEveryMs: 10, resumeEveryMs: null };

describe('catch-ups that run by themselves', () => {
  let tables: LedgerTables;
  let store: SyncRunStore;
  let runs: SyncRuns;
  const schedules: CatchUpSchedule[] = [];

  beforeEach(async () => {
    tables = await openLedgerTables(memoryDatabase);
    store = new SyncRunStore(tables.database, systemClock, LIMITS.leaseMs);
    runs = new SyncRuns(store, LIMITS);
    runs.register({ kind: 'catch-up', work: () => Promise.resolve() });
    runs.register({ kind: 'thin-catch-up', work: () => Promise.resolve() });
  });
  afterEach(async () => {
    await Promise.all(schedules.splice(0).map((schedule) => schedule.beforeApplicationShutdown()));
    await runs.beforeApplicationShutdown();
    await tables.close();
  });

  function startProcess(times: Partial<CatchUpTimes> = {}): void {
    const run = async ({ account, thin }: StripeCatchUpRequest = {}): Promise<{ added: number }> => {
      const kind = thin === true ? 'thin-catch-up' : 'catch-up';
      await runs.run({ kind, endpoint: 'default', account: account ?? null });
      return { added: 0 };
    };
    const all = {
      everyMs: 60_000,
      atStart: true,
      thin: false,
      endpoints: ['default'],
      connectedAccounts: () => Promise.resolve([]),
      ...times,
    };
    const schedule = new CatchUpSchedule({ run } as never, store, all);
    schedules.push(schedule);
    schedule.onApplicationBootstrap();
  }

  const ended = async (): Promise<SyncRunEntity[]> => (await store.list()).filter((run) => run.ended);

  it('fetch thin events of the same accounts where they are to', async () => {
    startProcess({ thin: true, connectedAccounts: () => Promise.resolve(['acct_1']) });
    await waitUntil('all four have run', async () => (await ended()).length === 4);

    expect((await store.list()).map(({ kind, account }) => [kind, account])).toEqual([
      ['thin-catch-up', 'acct_1'],
      ['catch-up', 'acct_1'],
      ['thin-catch-up', null],
      ['catch-up', null],
    ]);
  });

  it('is one for all processes that start together', async () => {
    startProcess();
    await waitUntil('the first has run', async () => (await ended()).length === 1);
    startProcess();
    startProcess({ connectedAccounts: () => Promise.resolve(['acct_1']) });
    await waitUntil('the connected account has had its own', async () => (await ended()).length === 2);

    expect((await store.list()).map(({ account }) => account)).toEqual(['acct_1', null]);
  });

  it('comes again after its time, and not at the start where that is not wanted', async () => {
    startProcess({ everyMs: 50, atStart: false });
    await waitUntil('three have run', async () => (await ended()).length === 3);

    const [third, second, first] = await ended();
    expect(second!.startedAt.getTime() - first!.startedAt.getTime()).toBeGreaterThanOrEqual(40);
    expect(third!.startedAt.getTime() - second!.startedAt.getTime()).toBeGreaterThanOrEqual(40);
  });

  it('goes on after one that failed, and after accounts that cannot be listed', async () => {
    let asked = 0;
    runs.register({ kind: 'catch-up', work: () => Promise.reject(new Error('Stripe is down')) });
    startProcess({
      everyMs: 20,
      connectedAccounts: () => {
        asked += 1;
        return asked === 1 ? Promise.reject(new Error('no list')) : Promise.resolve([]);
      },
    });

    await waitUntil('it has gone on', () => asked > 2);
    expect((await store.list()).every(({ status }) => status === 'failed')).toBe(true);
  });

  it('brings what was missed when the application starts, where the option asks for it', async () => {
    const api = await startStripeApi();
    const stripe = {
      apiKey: API_KEY,
      clientOptions: { ...api.clientOptions, telemetry: false },
      storageTimeoutMs: 20_000,
      catchUp: { everyMs: 1_000 },
      processing: { sweepMs: 20 },
    };
    const ledger = await startLedgerApp({ database: memoryDatabase, platform: platforms[0]!, stripe });
    try {
      await waitUntil('the first has run', async () => (await ledger.app.get(SyncRunStore).list())[0]?.ended === true);
      api.account.events.add(listedEvent(1, 0));

      const events = ledger.app.get(StripeEventActionService);
      await waitUntil('the missed event is here', async () => (await events.find('evt_listed_1')) !== null);
      expect(await events.find('evt_listed_1')).toMatchObject({ source: 'catch-up' });
    } finally {
      await ledger.close();
      await api.close();
    }
  });
});
