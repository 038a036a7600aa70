import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { OnStripeEvent, type StripeHandlerContext } from 'nestjs-stripe-events';
import { buildEvent, waitForEvent } from 'nestjs-stripe-events/testing';
import { memoryDatabase } from '../support/databases';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { API_KEY, startStripeApi, type StripeApi } from '../support/stripe-api';

const fetched: unknown[] = [];
const keys: string[] = [];

@Injectable()
class Fetcher {
  @OnStripeEvent('*', { id: 'fetcher', maxAttempts: 2 })
  async fetch(_event: unknown, { fetchLatest, idempotencyKey, attempt }: StripeHandlerContext): Promise<void> {
    keys.push(idempotencyKey);
    fetched.push(await fetchLatest());
    if (attempt === 1 && keys.length === 1) {
      throw new Error('once more');
    }
  }
}

describe('the Stripe API in a handler', () => {
  let api: StripeApi;
  let ledger: LedgerApp;
  const [platform] = platforms;

  beforeAll(async () => {
    api = await startStripeApi();
    const invoice = { id: 'in_1', object: 'invoice', status: 'paid' };
    for (const account of [api.account, api.account.connect('acct_connected')]) {
      account.objects.set('/v1/invoices/in_1', invoice);
    }
    api.account.customers.put({ id: 'cus_gone', object: 'customer', created: 1_790_000_000 });
    api.account.customers.delete('cus_gone');
    ledger = await startLedgerApp({
      database: memoryDatabase,
      platform: platform!,
      providers: [Fetcher],
      stripe: {
        apiKey: API_KEY,
        clientOptions: { ...api.clientOptions, maxNetworkRetries: 0 },
        processing: { backoff: { baseMs: 1 }, sweepMs: 20 },
      },
    });
  });
  afterAll(async () => {
    await ledger.close();
    await api.close();
  });

  async function handle(type: string, object: object, account?: string): Promise<unknown> {
    const event = buildEvent({ type, object, ...(account === undefined ? {} : { account }) });
    await ledger.deliver(event);
    await waitForEvent(ledger.app, String(event.id), 'succeeded');
    return fetched.at(-1);
  }

  it('gives the object as it is now, and the same idempotency key on every attempt', async () => {
    expect(await handle('invoice.updated', { id: 'in_1', object: 'invoice', status: 'open' })).toMatchObject({
      status: 'paid',
    });
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[0]).toMatch(/^evt_.*:fetcher$/);
  });

  it.each([
    ['a stub of what was deleted', { id: 'cus_gone', object: 'customer' }],
    ['what is not there any more', { id: 'in_gone', object: 'invoice' }],
  ])('gives null for %s', async (_what, object) => {
    expect(await handle('invoice.deleted', object)).toBeNull();
  });

  it('acts for the connected account the event comes from', async () => {
    await handle('invoice.updated', { id: 'in_1', object: 'invoice' }, 'acct_connected');

    expect(api.requests.at(-1)?.headers['stripe-account']).toBe('acct_connected');
    expect(api.requests[0]?.headers['stripe-account']).toBeUndefined();
  });

  it('says so when an object cannot be fetched by its id', async () => {
    const event = buildEvent({ type: 'capability.updated', object: { id: 'card_payments', object: 'capability' } });
    await ledger.deliver(event);

    const { lastError } = await waitForEvent(ledger.app, String(event.id), 'dead');
    expect(lastError).toContain('Objects of type "capability" cannot be fetched by their id alone');
  });
});
