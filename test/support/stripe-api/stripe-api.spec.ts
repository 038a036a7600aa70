import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { API_KEY, sdks, startStripeApi, type CustomerObject, type StripeApi } from './index';

const DAY = 86_400;
const NOW = 1_790_000_000;

const customer = (index: number): CustomerObject => ({
  id: `cus_${String(index).padStart(7, '0')}`,
  object: 'customer',
  created: NOW - 10 * DAY + index,
});
const event = (id: string, created: number, type = 'invoice.paid'): object => ({
  ...{ id, object: 'event', created, type },
  data: { object: { id: 'in_1', object: 'invoice' } },
});
const ids = (list: { data: readonly { id: string }[] }): string[] => list.data.map(({ id }) => id);

describe.each(sdks)('the stand-in for the Stripe API, to $name', ({ major, load }) => {
  let Sdk: typeof Stripe;
  let api: StripeApi;
  let stripe: Stripe;
  const client = (key = API_KEY, config: Stripe.StripeConfig = {}): Stripe =>
    new Sdk(key, { ...api.clientOptions, maxNetworkRetries: 0, telemetry: false, ...config });

  beforeAll(async () => {
    Sdk = await load();
  });
  beforeEach(async () => {
    api = await startStripeApi({ now: () => NOW * 1_000 });
    stripe = client();
  });
  afterEach(() => api.close());

  it('lists customers newest first, page by page, and keeps none of a million in memory', async () => {
    api.account.customers.generate(1_000_000, customer);
    const first = await stripe.customers.list({ limit: 2 });
    expect(ids(first)).toEqual(['cus_0999999', 'cus_0999998']);
    expect(first).toMatchObject({ object: 'list', has_more: true, url: '/v1/customers' });

    const last = await stripe.customers.list({ limit: 100, starting_after: 'cus_0000002' });
    expect(ids(last)).toEqual(['cus_0000001', 'cus_0000000']);
    expect(last.has_more).toBe(false);

    const seen: string[] = [];
    for await (const { id } of stripe.customers.list({ limit: 3, ending_before: 'cus_0999990' })) {
      seen.push(id);
    }
    expect(seen).toHaveLength(9);
    expect(seen[0]).toBe('cus_0999991');
  });

  it('adds, changes and deletes customers', async () => {
    const { customers } = api.account;
    customers.generate(3, customer);
    customers.put({ ...customer(3), email: 'new@example.com' });
    customers.put({ ...customer(1), email: 'changed@example.com' });
    customers.delete(customer(2).id);

    expect(ids(await stripe.customers.list())).toEqual([3, 1, 0].map((index) => customer(index).id));
    expect(ids(await stripe.customers.list({ email: 'changed@example.com' }))).toEqual([customer(1).id]);
    expect(await stripe.customers.retrieve(customer(2).id)).toMatchObject({ deleted: true, object: 'customer' });
    await expect(stripe.customers.retrieve('cus_nobody')).rejects.toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
    });
  });

  it('lists the events of 30 days by time, by type and by delivery, as they are written', async () => {
    const { events } = api.account;
    events.add(event('evt_old', NOW - 31 * DAY));
    events.add(`{"id":"evt_raw","created":${NOW - 2},"type":"charge.failed","n":12345678901234567890}`);
    events.add(event('evt_late', NOW - 1), { delivered: false });
    events.add(event('evt_early', NOW - 3));

    expect(ids(await stripe.events.list())).toEqual(['evt_late', 'evt_raw', 'evt_early']);
    expect(ids(await stripe.events.list({ created: { gte: NOW - 3, lt: NOW - 1 } }))).toEqual(['evt_raw', 'evt_early']);
    expect(ids(await stripe.events.list({ types: ['charge.failed', 'invoice.sent'] }))).toEqual(['evt_raw']);
    expect(ids(await stripe.events.list({ type: 'invoice.*', delivery_success: false }))).toEqual(['evt_late']);
    await expect(stripe.events.retrieve('evt_old')).rejects.toMatchObject({ statusCode: 404 });
    const response = await fetch(`http://127.0.0.1:${api.clientOptions.port}/v1/events/evt_raw`, {
      headers: { authorization: `Bearer ${API_KEY}` },
    });
    expect(await response.text()).toContain('"n":12345678901234567890');
  });

  it('keeps accounts and modes apart, and says who may not ask', async () => {
    const other = api.accounts.ofKey('sk_test_other', 'acct_other');
    const live = api.accounts.ofKey('sk_live_other', 'acct_other');
    other.objects.set('/v1/invoices/in_1', { id: 'in_1', object: 'invoice' });
    other.connect('acct_below').objects.set('/v1/invoices/in_2', { id: 'in_2', object: 'invoice' });

    expect(live).not.toBe(other);
    expect(await client('sk_test_other').invoices.retrieve('in_1')).toMatchObject({ id: 'in_1' });
    await expect(stripe.invoices.retrieve('in_1')).rejects.toMatchObject({ statusCode: 404 });
    await expect(client('sk_test_unknown').invoices.retrieve('in_1')).rejects.toMatchObject({ statusCode: 401 });

    const below = client('sk_test_other', { stripeAccount: 'acct_below' });
    expect(await below.invoices.retrieve('in_2')).toMatchObject({ id: 'in_2' });
    const context = client('sk_test_other', { stripeContext: 'org_1/acct_below' });
    expect(await context.invoices.retrieve('in_2')).toMatchObject({ id: 'in_2' });
    const stranger = client('sk_test_other', { stripeAccount: 'acct_own' });
    await expect(stranger.invoices.retrieve('in_1')).rejects.toMatchObject({ statusCode: 403 });
  });

  it('fails as it is told to', async () => {
    api.faults.next(1, { status: 429, headers: { 'retry-after': '7' } }, '/v1/events');
    api.faults.next(1, { status: 500 }, '/v1/customers');
    await expect(stripe.events.list()).rejects.toMatchObject({ statusCode: 429, headers: { 'retry-after': '7' } });
    await expect(stripe.customers.list()).rejects.toMatchObject({ statusCode: 500 });
    api.faults.next(2, 'hang-up', '/v1/customers');
    await expect(stripe.customers.list()).rejects.toMatchObject({ type: 'StripeConnectionError' });
    // stripe 20 waits for the rest of such an answer for ever.
    if (major > 20) {
      api.faults.next(1, 'cut-off', '/v1/customers');
      await expect(stripe.customers.list()).rejects.toMatchObject({ type: 'StripeConnectionError' });
    }
    expect(await stripe.customers.list()).toMatchObject({ data: [] });

    const held = api.faults.hold('/v1/events');
    const list = stripe.events.list();
    await held.reached;
    api.account.events.add(event('evt_meanwhile', NOW));
    held.release();
    expect(ids(await list)).toEqual(['evt_meanwhile']);
  });

  it('notes what was asked, and refuses what comes too fast', async () => {
    await api.close();
    api = await startStripeApi({ now: () => NOW * 1_000, requestsPerSecond: 2 });
    const stripe = client(API_KEY, { apiVersion: '2025-01-27.acacia' as never });
    await stripe.events.list();
    await stripe.events.list();
    await expect(stripe.events.list()).rejects.toMatchObject({ statusCode: 429 });
    expect(api.requests).toHaveLength(3);
    expect(api.requests[0]).toMatchObject({ method: 'GET', path: '/v1/events', body: '' });
    expect(api.requests[0]?.headers['stripe-version']).toBe('2025-01-27.acacia');
  });
});
