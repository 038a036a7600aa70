import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import {
  OnStripeEvent,
  StripeEventActionService,
  type StripeEventOf,
  type StripeHandlerContext,
  type StripeThinEvent,
} from 'nestjs-stripe-events';
import { buildEvent, signedDelivery, waitForEvent } from 'nestjs-stripe-events/testing';
import { memoryDatabase } from '../support/databases';
import { SECRET, startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { API_KEY, sdks, startStripeApi, type StripeApi } from '../support/stripe-api';
import { thinEvent } from '../support/thin-event';

/** The destination of thin events has a secret of its own. */
const THIN_SECRET = 'whsec_made_up_for_thin_events';

type Handled = (context: StripeHandlerContext) => unknown;
let act: Handled = () => null;
const results: unknown[] = [];
const handled: unknown[] = [];

@Injectable()
class Reader {
  @OnStripeEvent('*', { id: 'reader', maxAttempts: 2 })
  async read(event: StripeEventOf<'*'> | StripeThinEvent, context: StripeHandlerContext): Promise<void> {
    handled.push(event);
    results.push(await act(context));
  }
}

const targets = platforms.flatMap((platform) => sdks.map((sdk) => ({ platform, sdk })));

describe.each(targets)('thin events, on $platform.name with $sdk.name', ({ platform, sdk }) => {
  let api: StripeApi;
  let ledger: LedgerApp;

  beforeAll(async () => {
    api = await startStripeApi();
    const Sdk = await sdk.load();
    const clientOptions = { ...api.clientOptions, maxNetworkRetries: 0 };
    ledger = await startLedgerApp({
      database: memoryDatabase,
      platform,
      providers: [Reader],
      stripe: {
        webhookSecret: [SECRET, THIN_SECRET],
        client: ({ account, context }) =>
          new Sdk(API_KEY, {
            ...clientOptions,
            ...(account === null ? {} : { stripeAccount: account }),
            ...(context === null ? {} : { stripeContext: context }),
          }),
        processing: { backoff: { baseMs: 1 }, sweepMs: 20 },
      },
    });
  });
  afterAll(async () => {
    await ledger.close();
    await api.close();
  });
  beforeEach(() => {
    results.length = 0;
    handled.length = 0;
    api.requests.length = 0;
    api.faults.clear();
  });

  const deliverThin = (event: object): Promise<Response> =>
    fetch(`${ledger.baseUrl}/stripe/webhook`, { method: 'POST', ...signedDelivery(event, THIN_SECRET) });

  /** Delivers a thin event, and resolves with what the handler made of it. */
  async function handle(event: { id: string }, does: Handled): Promise<unknown> {
    act = does;
    expect((await deliverThin(event)).status).toBe(200);
    await waitForEvent(ledger.app, event.id, 'succeeded');
    return results.at(-1);
  }

  it('come to the same URL as snapshot events, and are stored and handled as they are sent', async () => {
    act = () => null;
    const thin = thinEvent({
      type: 'v1.customer.created',
      related: { id: 'cus_1', type: 'customer', url: '/v1/customers/cus_1' },
      snapshotEvent: 'evt_of_it',
    });
    const snapshot = buildEvent({ type: 'customer.created', object: { id: 'cus_1', object: 'customer' } });
    await deliverThin(thin);
    await ledger.deliver(snapshot);
    const stored = await waitForEvent(ledger.app, thin.id, 'succeeded');
    await waitForEvent(ledger.app, String(snapshot.id), 'succeeded');

    expect(handled).toEqual(expect.arrayContaining([thin, snapshot]));
    expect(stored.rawMessage).toBe(JSON.stringify(thin, null, 2));
    expect(stored).toMatchObject({
      kind: 'v1.customer.created',
      objectId: 'cus_1',
      objectType: 'customer',
      relatedUrl: '/v1/customers/cus_1',
      snapshotEvent: 'evt_of_it',
      stripeCustomerId: 'cus_1',
      apiVersion: null,
    });
    expect(await (await deliverThin(thin)).json()).toEqual({ received: true, duplicate: true });
  });

  it('are taken without their name, as the SDK takes them', async () => {
    const { object: _, ...anonymous } = thinEvent({ related: { type: 'balance', url: '/v1/balance' } });
    api.account.objects.set('/v1/balance', { object: 'balance', available: [] });

    expect(await handle(anonymous, (context) => context.fetchRelatedObject())).toMatchObject({ object: 'balance' });
    expect(handled).toEqual([anonymous]);
  });

  it('are fetched with their data, once a call, in their own context', async () => {
    const event = thinEvent({ type: 'v1.billing.meter.error_report_triggered', context: 'org_1/acct_below' });
    const data = { developer_message_summary: 'There is 1 invalid event', reason: { error_count: 1 } };
    const whole = { ...event, data, changes: null };
    api.account.connect('acct_below').objects.set(`/v2/core/events/${event.id}`, whole);

    const twice = await handle(event, async ({ fetchEvent }) => [await fetchEvent(), await fetchEvent()]);

    expect(twice).toEqual([whole, whole]);
    expect(api.requests).toMatchObject([
      {
        path: `/v2/core/events/${event.id}`,
        headers: { 'stripe-context': 'org_1/acct_below', 'stripe-request-trigger': `event=${event.id}` },
      },
    ]);
  });

  it('lead to their object as it is now, by the URL they name', async () => {
    const url = '/v1/customers/cus_1/balance_transactions/cbtxn_1';
    const related = { id: 'cbtxn_1', type: 'customer_balance_transaction', url };
    api.account.objects.set(url, { id: 'cbtxn_1', object: 'customer_balance_transaction', amount: 5 });
    const event = thinEvent({ related });

    const read = ({ fetchRelatedObject, fetchLatest }: StripeHandlerContext): Promise<unknown> =>
      Promise.all([fetchRelatedObject(), fetchLatest()]);
    expect(await handle(event, read)).toMatchObject([{ amount: 5 }, { amount: 5 }]);
    expect((await ledger.app.get(StripeEventActionService).find(event.id))?.stripeCustomerId).toBe('cus_1');
  });

  it('of what is deleted or out of reach are no failure', async () => {
    api.account.customers.put({ id: 'cus_gone', object: 'customer', created: 1_790_000_000 });
    api.account.customers.delete('cus_gone');
    const reads = ({ fetchRelatedObject, fetchEvent }: StripeHandlerContext): Promise<unknown> =>
      Promise.all([fetchRelatedObject(), fetchEvent()]);

    const stub = { id: 'cus_gone', type: 'customer', url: '/v1/customers/cus_gone' };
    expect(await handle(thinEvent({ related: stub }), reads)).toEqual([null, null]);
    const missing = { id: 'acct_gone', type: 'v2.core.account', url: '/v2/core/accounts/acct_gone' };
    expect(await handle(thinEvent({ type: 'v2.core.account.closed', related: missing }), reads)).toEqual([null, null]);
  });

  it('are tried again when Stripe could not answer, and ask anew', async () => {
    const event = thinEvent();
    api.account.objects.set(`/v2/core/events/${event.id}`, event);
    api.faults.next(1, { status: 500 });

    expect(await handle(event, ({ fetchEvent }) => fetchEvent())).toEqual(event);
    expect(api.requests).toHaveLength(2);
  });

  it.each([
    ['another host', 'https://evil.example/v1/customers/cus_1'],
    ['another host, by its end', '@evil.example/v1/customers/cus_1'],
    ['another host, without a scheme', '//evil.example/v1/customers/cus_1'],
    ['what is outside of the API', '/internal/cus_1'],
    ['what is above', '/v1/../internal'],
    ['nothing', ''],
  ])('never lead to %s', async (_where, url) => {
    const event = thinEvent({ type: 'v2.core.account.updated', related: { id: 'x', type: 'v2.core.account', url } });
    act = ({ fetchRelatedObject }) => fetchRelatedObject();
    await deliverThin(event);

    const { lastError } = await waitForEvent(ledger.app, event.id, 'dead');
    expect(lastError).toContain('FetchUnsupportedError');
    expect(api.requests).toEqual([]);
  });

  it('share their ways to Stripe with snapshot events', async () => {
    const event = buildEvent({ type: 'invoice.paid', object: { id: 'in_1', object: 'invoice' } });
    api.account.events.add(event);
    api.account.objects.set('/v1/invoices/in_1', { id: 'in_1', object: 'invoice', status: 'paid' });
    act = ({ fetchEvent, fetchRelatedObject }) => Promise.all([fetchEvent(), fetchRelatedObject()]);
    await ledger.deliver(event);
    await waitForEvent(ledger.app, String(event.id), 'succeeded');

    expect(results).toEqual([[event, { id: 'in_1', object: 'invoice', status: 'paid' }]]);
  });
});
