import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { OnStripeEvent, StripeCustomerService, type StripeHandlerContext } from 'nestjs-stripe-events';
import { buildEvent, waitForEvent } from 'nestjs-stripe-events/testing';
import { memoryDatabase } from '../support/databases';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { startStripeApi, type StripeApi } from '../support/stripe-api';
import { EU_SECRET, twoAccounts, US_SECRET } from '../support/two-accounts';
import { waitUntil } from '../support/wait-until';

const PATH = '/v1/invoices/in_1';

@Injectable()
class Fetcher {
  readonly fetched: unknown[] = [];

  @OnStripeEvent('invoice.paid', { id: 'fetcher', maxAttempts: 1 })
  async fetch(_event: unknown, { fetchLatest }: StripeHandlerContext): Promise<void> {
    this.fetched.push(await fetchLatest());
  }
}

describe('the Stripe API in a handler, with several accounts', () => {
  let api: StripeApi;
  let ledger: LedgerApp;

  beforeAll(async () => {
    api = await startStripeApi();
    const [eu, us] = [api.accounts.ofKey('sk_test_eu', 'acct_eu'), api.accounts.ofKey('sk_test_us', 'acct_us')];
    for (const account of [eu, us, us.connect('acct_connected')]) {
      account.objects.set(PATH, { id: 'in_1', object: 'invoice', from: account.id });
    }
    const clientOptions = { ...api.clientOptions, maxNetworkRetries: 0 };
    ledger = await startLedgerApp({
      ...{ database: memoryDatabase, platform: platforms[0]!, providers: [Fetcher] },
      stripe: {
        accounts: {
          ...twoAccounts({ apiKey: 'sk_test_eu', clientOptions }, { apiKey: 'sk_test_us', clientOptions }),
          keyless: { webhookSecret: 'whsec_made_up_for_keyless' },
        },
        processing: { sweepMs: 20 },
      },
    });
  });
  afterAll(async () => {
    await ledger.close();
    await api.close();
  });

  /** What the handler of an event of this account gets from the API. */
  async function fetchedBy(secret: string, from: { account?: string; context?: string } = {}): Promise<unknown> {
    const event = buildEvent({ object: { id: 'in_1', object: 'invoice' }, ...from });
    await ledger.deliver(event, undefined, secret);
    await waitForEvent(ledger.app, String(event.id), 'succeeded');
    return ledger.app.get(Fetcher).fetched.at(-1);
  }

  it('speaks with the key of the account that the event belongs to', async () => {
    expect(await fetchedBy(EU_SECRET)).toMatchObject({ from: 'acct_eu' });
    expect(await fetchedBy(US_SECRET)).toMatchObject({ from: 'acct_us' });
    expect(await fetchedBy(EU_SECRET)).toMatchObject({ from: 'acct_eu' });
  });

  it('acts for the account connected to that one', async () => {
    expect(await fetchedBy(US_SECRET, { account: 'acct_connected' })).toMatchObject({ from: 'acct_connected' });
    expect(api.requests.at(-1)?.headers['stripe-account']).toBe('acct_connected');
  });

  it('acts in the context that the event names', async () => {
    const context = 'org_1/acct_connected';
    expect(await fetchedBy(US_SECRET, { context })).toMatchObject({ from: 'acct_connected' });
    expect(api.requests.at(-1)?.headers['stripe-context']).toBe(context);
  });

  it('is asked for the customers of the account that is meant', async () => {
    const connected = api.accounts.ofKey('sk_test_us').connect('acct_connected');
    connected.customers.put({ id: 'cus_1', object: 'customer', created: 1, livemode: false, name: 'Ada' });
    const sync = (body: object): Promise<Response> =>
      ledger.admin('customers/sync', { method: 'POST', body: JSON.stringify(body) });

    expect((await sync({})).status).toBe(400);
    expect((await sync({ endpoint: 'us', account: 'acct_connected' })).status).toBe(202);
    const customers = ledger.app.get(StripeCustomerService);
    await waitUntil('she is there', async () => (await customers.find('cus_1', 'us')) !== null);
    expect(await customers.find('cus_1')).toMatchObject({ endpoint: 'us', account: 'acct_connected', name: 'Ada' });
  });

  it('is never asked with the key of another account', async () => {
    const requests = api.requests.length;
    const event = buildEvent({ object: { id: 'in_1', object: 'invoice' } });
    await ledger.deliver(event, undefined, 'whsec_made_up_for_keyless');

    const { lastError } = await waitForEvent(ledger.app, String(event.id), 'dead');
    expect(lastError).toContain('context.stripe for the account "keyless" needs the Stripe API.');
    expect(api.requests).toHaveLength(requests);
  });
});
