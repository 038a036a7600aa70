import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  CustomerEntity,
  StripeClientMissingError,
  StripeCustomerService,
  SyncRunCancelledError,
  SyncRunFailedError,
} from 'nestjs-stripe-events';
import { buildEvent, waitForEvent } from 'nestjs-stripe-events/testing';
import { CustomerRefresher } from '../../src/customers';
import { SyncRuns } from '../../src/sync-runs';
import { databases, memoryDatabase } from '../support/databases';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { withQuickCalls } from '../support/quick-calls';
import { API_KEY, startStripeApi, type StripeApi } from '../support/stripe-api';
import { waitUntil } from '../support/wait-until';

const [platform] = platforms;
const CREATED = 1_700_000_000;

let api: StripeApi;
let ledger: LedgerApp;
let customers: StripeCustomerService;
let last = 0;

function nextId(): string {
  return `cus_${String((last += 1)).padStart(6, '0')}x`;
}

/** Somebody whom Stripe knows. */
function somebody(parts: Readonly<Record<string, unknown>> = {}) {
  const customer = { id: nextId(), object: 'customer' as const, created: CREATED, livemode: false, ...parts };
  api.account.customers.put(customer);
  return customer;
}

function change(id: string, parts: object): void {
  api.account.customers.put({ ...api.account.customers.get(id)!, ...parts });
}

describe.each(databases)('StripeCustomerService on $name', (database) => {
  beforeAll(async () => {
    api = await startStripeApi();
    ledger = await startLedgerApp({
      ...{ database, platform: platform! },
      stripe: { apiKey: API_KEY, clientOptions: api.clientOptions, processing: { sweepMs: 20 } },
      override: (testing) => withQuickCalls(testing),
    });
    customers = ledger.app.get(StripeCustomerService);
  });
  afterAll(async () => {
    await ledger.close();
    await api.close();
  });
  beforeEach(async () => {
    await ledger.dataSource.getRepository(CustomerEntity).clear();
    api.faults.clear();
    const { customers: all } = api.account;
    [...all.newestFirst()].forEach(({ id }) => all.delete(id));
  });

  async function known(stripeId: string): Promise<CustomerEntity> {
    return (await customers.find(stripeId))!;
  }

  describe('sync()', () => {
    it('takes over an object, and leaves it as it is', async () => {
      const object = { ...somebody({ name: 'Ada', balance: 12_345_678_901, preferred_locales: null, currency: null }) };
      const before = JSON.stringify(object);
      const synced = await customers.sync(Object.freeze(object));

      expect(synced).toMatchObject({ stripeId: object.id, name: 'Ada', balance: 12_345_678_901, describedBy: 'sync' });
      expect(synced).toMatchObject({ preferredLocales: null, currency: null, placeholder: false, livemode: false });
      expect(JSON.stringify(object)).toBe(before);
    });

    it('fetches an id, and knows when by the clock of Stripe', async () => {
      const { id } = somebody({ name: 'Ada' });
      const { syncedAt, name } = await customers.sync(id);

      expect(name).toBe('Ada');
      expect(Math.abs(syncedAt!.getTime() - Date.now())).toBeLessThan(60_000);
    });

    it('marks a customer as deleted of whom Stripe has only a stub', async () => {
      const { id } = somebody({ name: 'Ada' });
      await customers.sync(id);
      api.account.customers.delete(id);

      expect(await customers.sync(id)).toMatchObject({ name: 'Ada', deletedAt: expect.any(Date) as unknown });
    });

    it('says which of the cases it is when it cannot', async () => {
      await expect(customers.sync('cus_nobody')).rejects.toMatchObject({ code: 'STRIPE_EVENTS_CUSTOMER_MISSING' });
      await expect(customers.sync({ id: 'in_1', object: 'invoice' })).rejects.toMatchObject({
        code: 'STRIPE_EVENTS_INVALID_CUSTOMER',
      });
      await expect(customers.sync('')).rejects.toMatchObject({ code: 'STRIPE_EVENTS_INVALID_CUSTOMER' });
      api.faults.next(9, { status: 503 });
      await expect(customers.sync('cus_nobody')).rejects.toMatchObject({
        code: 'STRIPE_EVENTS_API_FAILED',
        status: 503,
      });
      api.faults.clear();
    });

    it('acts for a connected account when it is told to', async () => {
      const connected = api.account.connect('acct_1');
      const id = nextId();
      connected.customers.put({ id, object: 'customer', created: CREATED, name: 'Theirs' });

      expect(await customers.sync(id, { account: 'acct_1' })).toMatchObject({ name: 'Theirs', account: 'acct_1' });
    });
  });

  it('syncByIds() takes over those it can, and says why not the others', async () => {
    const [here, gone] = [somebody({ name: 'Ada' }), somebody()];
    api.account.customers.delete(gone.id);
    const { synced, failed } = await customers.syncByIds([here.id, 'cus_nobody', gone.id, '']);

    expect(synced).toBe(2);
    expect(failed.map(({ id, code }) => [id, code])).toEqual([
      ['cus_nobody', 'STRIPE_EVENTS_CUSTOMER_MISSING'],
      [null, 'STRIPE_EVENTS_INVALID_CUSTOMER'],
    ]);
    expect(await known(here.id)).toMatchObject({ name: 'Ada' });
    expect(await known(gone.id)).toMatchObject({ deletedAt: expect.any(Date) as unknown });
  });

  it('syncBatch() takes over many, one that is named twice as well, and says which are no customers', async () => {
    const objects = Array.from({ length: 600 }, () => ({ id: nextId(), object: 'customer', name: 'a' }));
    const { synced, failed } = await customers.syncBatch([
      ...objects,
      { ...objects[0], name: 'b' },
      null,
      { id: 'in_1' },
    ]);

    expect(synced).toBe(601);
    expect(failed.map(({ id, code }) => [id, code])).toEqual([
      [null, 'STRIPE_EVENTS_INVALID_CUSTOMER'],
      ['in_1', 'STRIPE_EVENTS_INVALID_CUSTOMER'],
    ]);
    expect(await ledger.dataSource.getRepository(CustomerEntity).count()).toBe(600);
  });

  it('softDelete() marks once, and a sync that sees the customer takes the mark away', async () => {
    const { id } = somebody();
    await customers.sync(id, {});
    const deletedAt = new Date(Date.now() - 5_000);
    await ledger.dataSource.getRepository(CustomerEntity).update({ stripeId: id }, { deletedAt });

    expect(await customers.softDelete(id)).toMatchObject({ deletedAt });
    expect(await customers.sync(id)).toMatchObject({ deletedAt: null });
    expect(await customers.softDelete('cus_nobody')).toBeNull();
  });

  describe('syncAll()', () => {
    it('takes over every page, and counts', async () => {
      const ids = Array.from({ length: 250 }, () => somebody({ name: 'new' }).id);
      await customers.sync({ id: ids[7], object: 'customer', livemode: false }, { fetchedAt: new Date(0) });
      const progress: number[] = [];
      const run = await customers.syncAll({ onProgress: ({ done }) => progress.push(done) });

      expect(run).toMatchObject({ status: 'succeeded', done: 250, known: 1, added: 249, failed: 0 });
      expect(progress.at(-1)).toBe(250);
      expect(await ledger.dataSource.getRepository(CustomerEntity).countBy({ name: 'new' })).toBe(250);
    });

    it('marks as deleted whom this account and mode has no more, and nobody else', async () => {
      const [stays, goes] = [somebody(), somebody()];
      const rows = [
        { stripeId: stays.id },
        { stripeId: goes.id },
        { stripeId: 'cus_purged' },
        { stripeId: 'cus_live', livemode: true },
        { stripeId: 'cus_theirs', account: 'acct_1' },
        { stripeId: 'cus_elsewhere', endpoint: 'other' },
        { stripeId: 'cus_young', createdAt: new Date(Date.now() + 60_000) },
      ];
      const repository = ledger.dataSource.getRepository(CustomerEntity);
      await repository.insert(
        rows.map((row, index) => ({
          id: `row-${index}`,
          endpoint: 'default',
          livemode: false,
          placeholder: false,
          ...row,
        })),
      );
      api.account.customers.delete(goes.id);
      await customers.syncAll();

      const deleted = (await customers.list({ deleted: true })).data.map(({ stripeId }) => stripeId);
      expect(deleted.sort()).toEqual([goes.id, 'cus_purged'].sort());
    });

    it('takes the mark away when a customer is seen again', async () => {
      const { id } = somebody();
      await customers.sync(id);
      await ledger.dataSource.getRepository(CustomerEntity).update({ stripeId: id }, { deletedAt: new Date(0) });
      await customers.syncAll();

      expect(await known(id)).toMatchObject({ deletedAt: null });
    });

    it('fails, and marks nobody, when Stripe has none of those that are known', async () => {
      somebody();
      await customers.syncBatch([{ id: 'cus_other_account', object: 'customer', livemode: false }], {
        fetchedAt: new Date(0),
      });

      await expect(customers.syncAll()).rejects.toThrow(SyncRunFailedError);
      expect(await known('cus_other_account')).toMatchObject({ deletedAt: null });
    });

    it('goes on behind a customer that was deleted between two pages', async () => {
      const all = Array.from({ length: 230 }, (_, index) => somebody({ created: CREATED + Math.floor(index / 7) }));
      const second = api.faults.hold('/v1/customers?limit=100&starting_after');
      const syncing = customers.syncAll();
      await second.reached;
      const cursor = all.at(-100)!;
      api.account.customers.delete(cursor.id);
      second.release();
      await syncing;

      const { length } = all;
      expect(await ledger.dataSource.getRepository(CustomerEntity).count()).toBe(length);
    });

    it('waits while Stripe has too much to do, and does not lose its place', async () => {
      Array.from({ length: 150 }, () => somebody());
      api.faults.next(2, { status: 429 }, '/v1/customers?limit=100&starting_after');
      api.faults.next(1, { status: 500 }, '/v1/customers?limit=100&starting_after');
      api.faults.next(1, 'hang-up', '/v1/customers?limit=100&starting_after');

      expect(await customers.syncAll()).toMatchObject({ done: 150 });
    });

    it('does not undo what an event says that comes while a page is on its way', async () => {
      const { id } = somebody({ name: 'old' });
      const page = api.faults.hold('/v1/customers');
      const syncing = customers.syncAll();
      await page.reached;
      const created = Math.floor(Date.now() / 1000) + 1;
      const event = buildEvent({ type: 'customer.updated', object: { id, object: 'customer', name: 'new' }, created });
      await ledger.deliver(event);
      await waitForEvent(ledger.app, String(event.id), 'ignored');
      page.release();
      await syncing;
      // The page is in doubt, so the customer is fetched once more in a while.
      change(id, { name: 'new' });

      expect(await known(id)).toMatchObject({ name: 'new', syncedAt: expect.any(Date) as unknown });
    });

    it('is cancelled by its signal', async () => {
      Array.from({ length: 150 }, () => somebody());
      const second = api.faults.hold('/v1/customers?limit=100&starting_after');
      const stop = new AbortController();
      const syncing = customers.syncAll({ signal: stop.signal });
      await second.reached;
      stop.abort();

      await expect(syncing).rejects.toThrow(SyncRunCancelledError);
      second.release();
    });
  });

  it('fetches again whom two events of one second describe in different ways', async () => {
    const { id } = somebody({ name: 'as Stripe has it' });
    const created = Math.floor(Date.now() / 1000) - 10;
    for (const name of ['a', 'b']) {
      const event = buildEvent({ type: 'customer.updated', object: { id, object: 'customer', name }, created });
      await ledger.deliver(event);
      await waitForEvent(ledger.app, String(event.id), 'ignored');
    }
    expect(await known(id)).toMatchObject({ name: 'b', refreshAt: expect.any(Date) as unknown });
    await ledger.dataSource.getRepository(CustomerEntity).update({ stripeId: id }, { refreshAt: new Date(0) });
    await waitUntil('nothing is in doubt', async () => (await known(id)).refreshAt === null);

    expect(await known(id)).toMatchObject({ name: 'as Stripe has it', describedBy: 'sync' });
  });

  it('does not ask for ever after whom Stripe does not know', async () => {
    await customers.sync({ id: 'cus_nobody', object: 'customer' });
    await ledger.dataSource
      .getRepository(CustomerEntity)
      .update({ stripeId: 'cus_nobody' }, { refreshAt: new Date(0) });
    await waitUntil('nothing is in doubt', async () => (await known('cus_nobody')).refreshAt === null);

    expect(await ledger.app.get(CustomerRefresher).refresh()).toBe(0);
  });

  it('is started by the administration, for all or for some', async () => {
    const [one] = [somebody({ name: 'one' }), somebody({ name: 'two' })];
    const some = await ledger.admin('customers/sync', { method: 'POST', body: JSON.stringify({ ids: [one.id] }) });
    expect(some.status).toBe(202);
    const { run } = (await some.json()) as { run: string };
    const runs = ledger.app.get(SyncRuns);
    await waitUntil('the run has ended', async () => (await runs.find(run)).ended);
    expect(await runs.find(run)).toMatchObject({ status: 'succeeded', done: 1, total: 1 });
    expect((await customers.list()).data.map(({ name }) => name)).toEqual(['one']);

    const all = await ledger.admin('customers/sync', { method: 'POST' });
    expect(all.status).toBe(202);
    await waitUntil('both are there', async () => (await customers.list()).data.length === 2);
  });
});

describe('a module without a client', () => {
  it('says so when it is to fetch, and takes over objects all the same', async () => {
    const app = await startLedgerApp({ database: memoryDatabase, platform: platform! });
    const service = app.app.get(StripeCustomerService);

    await expect(service.sync('cus_1')).rejects.toThrow(StripeClientMissingError);
    await expect(service.syncAll()).rejects.toThrow(StripeClientMissingError);
    expect(await service.sync({ id: 'cus_1', object: 'customer' })).toMatchObject({ stripeId: 'cus_1' });
    await app.close();
  });
});
