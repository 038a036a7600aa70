import { afterAll, afterEach, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import { buildEvent } from 'nestjs-stripe-events/testing';
import { builtFiles, withDashboard } from '../support/dashboard';
import { memoryDatabase } from '../support/databases';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { API_KEY, startStripeApi, type StripeApi } from '../support/stripe-api';
import { describeInBrowser, openBrowser, seriousViolations, type Visit } from './browser';
import { signIn } from './sign-in';

jest.setTimeout(120_000);

const CUSTOMERS = 250;
const EVENTS = 3;

describeInBrowser('what is fetched from Stripe', () => {
  let api: StripeApi;
  let ledger: LedgerApp;
  let visit: Visit;

  beforeAll(async () => {
    const files = await builtFiles();
    api = await startStripeApi();
    for (let n = 0; n < CUSTOMERS; n++) put(n, `Customer ${n}`);
    ledger = await startLedgerApp({
      ...{ database: memoryDatabase, platform: platforms[0]!, override: withDashboard(files) },
      stripe: { apiKey: API_KEY, clientOptions: api.clientOptions, processing: false },
    });
  }, 240_000);
  afterAll(async () => {
    await ledger.close();
    await api.close();
  });
  beforeEach(async () => {
    visit = await openBrowser(ledger.baseUrl);
    await signIn(visit, ledger.baseUrl);
  });
  afterEach(async () => {
    await visit.close();
    expect(visit.complaints).toEqual([]);
  });

  function put(n: number, name: string): void {
    const id = `cus_${String(n).padStart(4, '0')}x`;
    api.account.customers.put({ id, object: 'customer', created: 1_700_000_000 + n, livemode: false, name });
  }

  it('is started, watched, cancelled and started again', async () => {
    const { page } = visit;
    const card = page.locator('.card', { hasText: 'Fetched from Stripe' });
    const runs = card.locator('.run');
    const held = api.faults.hold('/v1/customers', 1);

    await card.getByRole('button', { name: 'Sync customers' }).click();
    await page.getByText('Customers are being fetched from Stripe.').waitFor();
    await runs.first().getByText('100 fetched, 100 new').waitFor();
    await runs.first().getByRole('progressbar').waitFor();
    expect(await seriousViolations(page)).toEqual([]);

    await card.getByRole('button', { name: 'Cancel' }).click();
    await runs.first().getByText('cancelled').waitFor();
    expect(await card.getByRole('progressbar').count()).toBe(0);
    held.release();

    await card.getByRole('button', { name: 'Sync customers' }).click();
    await runs.first().getByText('250 fetched, 150 new').waitFor();
    await runs.first().getByText('succeeded').waitFor();
    expect(await runs.count()).toBe(2);
  });

  it('are missed events, which are in the list then', async () => {
    const { page } = visit;
    // A ledger that has received nothing has missed nothing.
    await ledger.deliver(buildEvent());
    const created = Math.ceil(Date.now() / 1_000);
    for (let n = 0; n < EVENTS; n++) api.account.events.add(buildEvent({ id: `evt_missed_${n}`, created }));
    await page.getByRole('button', { name: 'Catch up' }).click();
    await page.getByText(`${EVENTS} fetched, ${EVENTS} new`).waitFor();
    await page.getByRole('link', { name: 'Events', exact: true }).click();
    await page.getByRole('link', { name: 'evt_missed_0' }).waitFor();
  });

  it('is one customer, who is shown as Stripe has them now', async () => {
    const { page } = visit;
    await ledger.admin('customers/sync', { method: 'POST', body: JSON.stringify({ ids: ['cus_0007x'] }) });
    put(7, 'Ada Lovelace');
    await page.goto(`${ledger.baseUrl}/stripe/admin/#/customers/cus_0007x`);
    await page.getByRole('button', { name: 'Sync' }).click();
    await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
  });
});
