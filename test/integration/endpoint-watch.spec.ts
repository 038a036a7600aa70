import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HandlerRegistry } from 'nestjs-stripe-events';
import Stripe from 'stripe';
import { EndpointWatch } from '../../src/endpoints';
import { ServedAccounts } from '../../src/events';
import { StripeClients } from '../../src/stripe-api';
import { API_KEY, startStripeApi, type StripeApi, type WebhookEndpointObject } from '../support/stripe-api';

const HERE = 'https://shop.example/api/stripe/webhook/';
const MINUTE = 60_000;
const OWNED = { nestjs_stripe_events: 'default' };

describe('watching the endpoints at Stripe', () => {
  let api: StripeApi;
  let nowMs: number;

  beforeEach(async () => {
    api = await startStripeApi();
    nowMs = 1_700_000_000_000;
  });
  afterEach(() => api.close());

  function put(id: string, parts: Partial<WebhookEndpointObject> = {}): void {
    api.account.webhookEndpoints.put({
      ...{ id, object: 'webhook_endpoint', created: 1_600_000_000, livemode: false, application: null, url: HERE },
      ...{ api_version: Stripe.API_VERSION, description: null, enabled_events: ['invoice.paid'], metadata: {} },
      ...{ status: 'enabled' },
      ...parts,
    });
  }

  /** The watch of a process with handlers for these patterns; null where they are in other processes. */
  function watchOf(patterns: readonly string[] | null, apiKey: string | null = API_KEY): EndpointWatch {
    const registry = new HandlerRegistry();
    const invoke = () => Promise.resolve();
    patterns?.forEach((pattern) => registry.add({ id: pattern, patterns: [pattern], transactional: false, invoke }));
    return new EndpointWatch({
      clients: new StripeClients(
        new Map([['shop', { ...(apiKey !== null && { apiKey }), clientOptions: api.clientOptions }]]),
      ),
      registry,
      handlers: { ids: () => patterns },
      accounts: new ServedAccounts([
        { name: 'shop', livemode: undefined, apiVersion: null, onOtherApiVersion: 'process' },
      ]),
      paths: ['stripe/webhook'],
      clock: { now: () => nowMs },
    });
  }

  it('compares those that lead here, or are marked, with the handlers', async () => {
    put('we_path', { enabled_events: ['charge.failed', 'invoice.paid'] });
    put('we_mark', { url: 'https://proxy.example/hooks', metadata: OWNED, status: 'disabled', api_version: null });
    put('we_all', { enabled_events: ['*'] });
    put('we_other', { url: 'https://shop.example/other/webhook' });

    const [account, ...others] = await watchOf(['invoice.paid', 'invoice.sent']).look();
    const found = new Map(account?.found.map((endpoint) => [endpoint.id, endpoint]));

    expect(others).toEqual([]);
    expect(account).toMatchObject({ endpoint: 'shop', checkedAt: new Date(nowMs), problem: null });
    expect([...found.keys()].sort()).toEqual(['we_all', 'we_mark', 'we_path']);
    expect(found.get('we_path')).toEqual({
      ...{ id: 'we_path', url: HERE, owned: false, disabled: false, apiVersion: null },
      ...{ missingTypes: ['invoice.sent'], extraTypes: ['charge.failed'] },
    });
    expect(found.get('we_mark')).toMatchObject({
      ...{ owned: true, disabled: true, missingTypes: ['invoice.sent'], extraTypes: [] },
      apiVersion: { is: null, wanted: Stripe.API_VERSION },
    });
    expect(found.get('we_all')).toMatchObject({ missingTypes: [], extraTypes: ['*'] });
  });

  it('looks at destinations of thin events where handlers ask for some', async () => {
    put('we_path');
    const stripe = new Stripe(API_KEY, { ...api.clientOptions, telemetry: false });
    const { id } = await stripe.v2.core.eventDestinations.create({
      ...{ name: 'thin', type: 'webhook_endpoint', event_payload: 'thin', webhook_endpoint: { url: HERE } },
      enabled_events: ['v1.customer.created'],
    });

    const watch = watchOf(['invoice.paid', 'v1.customer.created', 'v1.customer.deleted']);
    expect(await watch.look()).toMatchObject([
      {
        problem: null,
        found: [
          { id: 'we_path', missingTypes: [], extraTypes: [] },
          { id, url: HERE, owned: false, apiVersion: null, missingTypes: ['v1.customer.deleted'], extraTypes: [] },
        ],
      },
    ]);
    api.faults.next(1, { status: 403 }, '/v2/core/event_destinations');
    nowMs += 5 * MINUTE;
    expect(await watch.look()).toMatchObject([{ problem: expect.any(String), found: [{ id: 'we_path' }] }]);
  });

  it('compares no types where the handlers are in other processes', async () => {
    put('we_path');
    const [account] = await watchOf(null).look();
    expect(account?.found).toMatchObject([{ disabled: false, missingTypes: null, extraTypes: null }]);
  });

  it('asks once, however many look, and again after five minutes', async () => {
    put('we_path');
    const watch = watchOf(['invoice.paid']);
    await Promise.all([watch.look(), watch.look()]);
    nowMs += 5 * MINUTE - 1;
    await watch.look();
    expect(api.requests).toHaveLength(1);

    nowMs += 1;
    await watch.look();
    expect(api.requests).toHaveLength(2);
  });

  it('says what Stripe answered instead, and asks again soon', async () => {
    const watch = watchOf(['invoice.paid']);
    api.faults.next(1, { status: 500 });
    expect(await watch.look()).toMatchObject([{ problem: expect.stringContaining('Something went wrong'), found: [] }]);

    nowMs += MINUTE;
    expect(await watch.look()).toMatchObject([{ problem: null, found: [] }]);
  });

  it('knows nothing of an account without a key', async () => {
    expect(await watchOf(['invoice.paid'], null).look()).toEqual([]);
    expect(api.requests).toEqual([]);
  });
});
