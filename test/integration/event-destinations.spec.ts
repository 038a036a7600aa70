import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  EndpointNotOwnedError,
  InvalidRequestError,
  type StripeEndpointService,
  type StripeEndpointDeclaration,
} from 'nestjs-stripe-events';
import type Stripe from 'stripe';
import { endpointService } from '../support/endpoint-service';
import { API_KEY, sdks, startStripeApi, type EventDestinationObject, type StripeApi } from '../support/stripe-api';

const URL = 'https://shop.example/stripe/webhook';
const THIN: StripeEndpointDeclaration = { url: URL, payload: 'thin' };

describe.each(sdks)('StripeEndpointService and destinations of thin events, with $name', ({ load }) => {
  let api: StripeApi;
  let stripe: Stripe;

  beforeEach(async () => {
    const Sdk = await load();
    api = await startStripeApi();
    stripe = new Sdk(API_KEY, { ...api.clientOptions, maxNetworkRetries: 0, telemetry: false });
  });
  afterEach(() => api.close());

  const serviceOf = (...patterns: string[]): StripeEndpointService => endpointService(stripe, ...patterns);
  const there = (): EventDestinationObject[] => [...api.account.eventDestinations.values()];
  const written = (): string[] => api.requests.filter(({ method }) => method !== 'GET').map(({ path }) => path);

  it('creates one with the thin types of the handlers and its mark, and says its secret once', async () => {
    const service = serviceOf('invoice.paid', '*', 'v1.customer.created', 'v2.core.account.*');
    const declaration = { ...THIN, types: ['v1.charge.failed'], description: 'The shop' };
    const { action, secret, endpointId } = await service.apply(declaration);

    expect([action, secret]).toEqual(['create', expect.stringMatching(/^whsec_/)]);
    const [destination, ...others] = there();
    expect(others).toEqual([]);
    expect(destination).toMatchObject({
      ...{ id: endpointId, url: URL, type: 'webhook_endpoint', event_payload: 'thin', events_from: ['@self'] },
      ...{ name: 'default', description: 'The shop', metadata: { nestjs_stripe_events: 'default' } },
    });
    const { enabled_events: enabled } = destination!;
    expect(enabled).toEqual(expect.arrayContaining(['v1.charge.failed', 'v1.customer.created']));
    expect(enabled).toEqual(expect.arrayContaining(['v2.core.account.created', 'v2.core.account.closed']));
    expect(enabled.filter((type) => !/^v1[.]c|^v2[.]core[.]account[.]/.test(type))).toEqual([]);

    expect(await service.apply(declaration)).toMatchObject({ action: 'none', endpointId, secret: null });
    expect(written()).toHaveLength(1);
  });

  it('shows the drift, and takes it away: types, address, and that it was disabled', async () => {
    const { endpointId } = await serviceOf('v1.customer.created', 'v1.charge.failed').apply(THIN);
    const { dashboardUrl } = await serviceOf().rotateSecret(THIN);
    expect(dashboardUrl).toBe(`https://dashboard.stripe.com/test/workbench/webhooks/${endpointId}`);
    await stripe.v2.core.eventDestinations.disable(endpointId!);
    const service = serviceOf('v1.customer.created', 'v1.customer.deleted');
    const moved = { ...THIN, url: 'https://new.example/stripe/webhook' };

    expect(await service.diff(moved)).toMatchObject({
      ...{ action: 'update', endpointId, owned: true, disabled: true, apiVersion: null, connect: null },
      ...{ missingTypes: ['v1.customer.deleted'], extraTypes: ['v1.charge.failed'], thinTypes: [] },
      url: { is: URL, wanted: moved.url },
    });
    expect(await service.apply(moved)).toMatchObject({ action: 'update', endpointId, secret: null });
    expect(there()).toMatchObject([
      {
        id: endpointId,
        url: moved.url,
        status: 'enabled',
        enabled_events: ['v1.customer.created', 'v1.customer.deleted'],
      },
    ]);
    expect(await service.diff(moved)).toMatchObject({ action: 'none' });
  });

  it('is made once by processes that do so at the same time, beside the webhook endpoint of the same name', async () => {
    const service = serviceOf('invoice.paid', 'v1.customer.created');
    const results = await Promise.all([service.apply(THIN), service.apply(THIN), service.apply({ url: URL })]);

    expect(there()).toHaveLength(1);
    expect(new Set(results.slice(0, 2).map(({ secret }) => secret)).size).toBe(1);
    expect(api.account.webhookEndpoints.size).toBe(1);
    expect(await service.diff({ url: URL })).toMatchObject({ action: 'none', thinTypes: ['v1.customer.created'] });
  });

  it('leaves destinations of others alone, of which only those with thin events over HTTP are looked at', async () => {
    const make = (event_payload: 'snapshot' | 'thin') =>
      stripe.v2.core.eventDestinations.create({
        ...{ name: 'theirs', type: 'webhook_endpoint', event_payload, enabled_events: ['v1.charge.failed'] },
        webhook_endpoint: { url: URL },
      });
    await make('snapshot');
    const service = serviceOf('v1.customer.created');
    expect(await service.diff(THIN)).toMatchObject({ action: 'create', endpointId: null });

    const { id } = await make('thin');
    await expect(service.apply(THIN)).rejects.toThrow(EndpointNotOwnedError);
    expect(await service.apply(THIN, { takeOver: id })).toMatchObject({ action: 'update', endpointId: id });
    expect(api.account.eventDestinations.get(id)).toMatchObject({
      ...{ enabled_events: ['v1.customer.created'], metadata: { nestjs_stripe_events: 'default' } },
    });
  });

  it('asks for the events of connected accounts where they are meant, and refuses where there is nothing to ask for', async () => {
    await serviceOf('v1.customer.created').apply({ ...THIN, name: 'connect', connect: true });
    expect(there()).toMatchObject([{ events_from: ['@accounts'], name: 'connect' }]);

    await expect(serviceOf('invoice.paid', '*').apply(THIN)).rejects.toThrow(InvalidRequestError);
    const wrong = { ...THIN, payload: 'thick' } as unknown as StripeEndpointDeclaration;
    await expect(serviceOf('v1.customer.created').diff(wrong)).rejects.toThrow(InvalidRequestError);
  });
});
