import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import {
  CustomerOwners,
  EndpointAmbiguousError,
  EndpointNotFoundError,
  EndpointNotOwnedError,
  InvalidRequestError,
  OnStripeEvent,
  StripeEndpointService,
  type StripeEndpointDeclaration,
} from 'nestjs-stripe-events';
import type Stripe from 'stripe';
import { memoryDatabase } from '../support/databases';
import { endpointService } from '../support/endpoint-service';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { API_KEY, sdks, startStripeApi, type StripeApi, type WebhookEndpointObject } from '../support/stripe-api';

const URL = 'https://shop.example/stripe/webhook';
const HERE: StripeEndpointDeclaration = { url: URL };

describe.each(sdks)('StripeEndpointService with $name', ({ load }) => {
  let Sdk: typeof Stripe;
  let api: StripeApi;
  let stripe: Stripe;

  beforeAll(async () => {
    Sdk = await load();
  });
  beforeEach(async () => {
    api = await startStripeApi();
    stripe = new Sdk(API_KEY, { ...api.clientOptions, maxNetworkRetries: 0, telemetry: false });
  });
  afterEach(() => api.close());

  const serviceOf = (...patterns: string[]): StripeEndpointService => endpointService(stripe, ...patterns);
  const there = async (): Promise<WebhookEndpointObject[]> =>
    (await stripe.webhookEndpoints.list({ limit: 100 })).data as unknown as WebhookEndpointObject[];
  const foreign = (url = URL, parts: object = {}) =>
    stripe.webhookEndpoints.create({ url, enabled_events: ['charge.failed'], ...parts });
  const written = (): string[] => api.requests.filter(({ method }) => method !== 'GET').map(({ path }) => path);

  it('creates the endpoint with the handlers’ types, its version and its mark, and says its secret once', async () => {
    const service = serviceOf('invoice.paid', 'customer.subscription.*');
    const declaration = { ...HERE, types: ['charge.refunded'], description: 'The shop' };
    const { action, secret, endpointId, drift } = await service.apply(declaration);

    expect({ action, drift }).toMatchObject({ action: 'create', drift: { action: 'create', endpointId: null } });
    expect(secret).toMatch(/^whsec_/);
    const [endpoint, ...others] = await there();
    expect(others).toEqual([]);
    expect(endpoint).toMatchObject({ id: endpointId, url: URL, status: 'enabled', description: 'The shop' });
    expect(endpoint!.api_version).toBe(stripe.getApiField('version'));
    expect(endpoint!.metadata).toMatchObject({ nestjs_stripe_events: 'default' });
    expect(endpoint!.enabled_events).toEqual(expect.arrayContaining(['charge.refunded', 'invoice.paid']));
    expect(endpoint!.enabled_events).toHaveLength(10);

    expect(await service.apply(declaration)).toMatchObject({ action: 'none', endpointId, secret: null });
    expect(await service.diff(declaration)).toMatchObject({ action: 'none', owned: true, missingTypes: [] });
    expect(written()).toHaveLength(1);
  });

  it('shows the drift, and takes it away without touching anything else', async () => {
    const { endpointId } = await serviceOf('invoice.paid', 'charge.failed').apply(HERE);
    await stripe.webhookEndpoints.update(endpointId!, { disabled: true, description: 'by hand' });
    const service = serviceOf('invoice.paid', 'invoice.sent');
    const moved = { url: 'https://new.example/stripe/webhook' };

    expect(await service.diff(moved)).toEqual({
      ...{ action: 'update', endpointId, owned: true, disabled: true, description: null },
      ...{
        wantedTypes: ['invoice.paid', 'invoice.sent'],
        missingTypes: ['invoice.sent'],
        extraTypes: ['charge.failed'],
      },
      ...{ url: { is: URL, wanted: moved.url }, apiVersion: null, connect: null, thinTypes: [], unknownFamilies: [] },
    });
    expect(await service.apply(moved)).toMatchObject({ action: 'update', endpointId, secret: null });
    expect(await there()).toMatchObject([
      {
        ...{ id: endpointId, status: 'enabled', url: moved.url, description: 'by hand' },
        ...{ enabled_events: ['invoice.paid', 'invoice.sent'] },
      },
    ]);
    expect(await service.diff(moved)).toMatchObject({ action: 'none' });
  });

  it('changes nothing in a dry run', async () => {
    expect(await serviceOf('invoice.paid').apply(HERE, { dryRun: true })).toMatchObject({
      ...{ action: 'create', endpointId: null, secret: null },
    });
    expect(await there()).toEqual([]);

    await serviceOf('invoice.paid').apply(HERE);
    const before = written().length;
    expect(await serviceOf('invoice.sent').apply(HERE, { dryRun: true })).toMatchObject({ action: 'update' });
    expect(written()).toHaveLength(before);
  });

  it('leaves types of the old version enabled during a deployment', async () => {
    await serviceOf('charge.failed', 'invoice.paid').apply(HERE);
    await serviceOf('invoice.paid', 'invoice.sent').apply(HERE, { keepExtraTypes: true });
    expect((await there())[0]!.enabled_events).toEqual(['charge.failed', 'invoice.paid', 'invoice.sent']);

    expect(await serviceOf('invoice.paid').apply(HERE, { keepExtraTypes: true })).toMatchObject({ action: 'none' });
    await serviceOf('invoice.paid').apply(HERE);
    expect((await there())[0]!.enabled_events).toEqual(['invoice.paid']);
  });

  it('does not touch what somebody else made, unless it is told which', async () => {
    const other = await foreign();
    const service = serviceOf('invoice.paid');

    expect(await service.diff(HERE)).toMatchObject({ action: 'update', owned: false, endpointId: other.id });
    await expect(service.apply(HERE)).rejects.toThrow(EndpointNotOwnedError);
    await expect(service.apply(HERE, { dryRun: true })).rejects.toMatchObject({ endpointId: other.id });
    await expect(service.apply(HERE, { takeOver: 'we_nobody' })).rejects.toThrow(EndpointNotFoundError);
    expect(written()).toHaveLength(1);

    expect(await service.apply(HERE, { takeOver: other.id })).toMatchObject({ action: 'update', secret: null });
    expect(await there()).toMatchObject([{ id: other.id, enabled_events: ['invoice.paid'] }]);
    expect(await service.apply(HERE)).toMatchObject({ action: 'none', endpointId: other.id });
  });

  it('does not care about endpoints at other addresses', async () => {
    const other = await foreign('https://shop.example/elsewhere');
    await serviceOf('invoice.paid').apply(HERE);

    expect(await there()).toHaveLength(2);
    expect(await stripe.webhookEndpoints.retrieve(other.id)).toMatchObject({ enabled_events: ['charge.failed'] });
  });

  it('asks for help where several endpoints could be meant', async () => {
    const [one, two] = [await foreign(), await foreign()];
    await expect(serviceOf('invoice.paid').apply(HERE)).rejects.toThrow(EndpointAmbiguousError);

    await serviceOf('invoice.paid').apply(HERE, { takeOver: one.id });
    await expect(serviceOf('invoice.paid').apply(HERE, { takeOver: two.id })).rejects.toMatchObject({
      endpointIds: [two.id, one.id],
    });
    expect(await serviceOf('invoice.paid').diff(HERE)).toMatchObject({ endpointId: one.id, action: 'none' });
  });

  it('keeps an endpoint for connected accounts beside one’s own, at the same address', async () => {
    const service = serviceOf('invoice.paid');
    const connect = { ...HERE, name: 'connect', connect: true };
    const [own, connected] = [await service.apply(HERE), await service.apply(connect)];

    expect(own.endpointId).not.toBe(connected.endpointId);
    expect([...api.account.webhookEndpoints.connect.values()]).toEqual([false, true]);
    expect(await service.diff(connect)).toMatchObject({ action: 'none', connect: null });
    expect(await service.diff({ ...connect, connect: false })).toMatchObject({
      connect: { is: 'true', wanted: 'false' },
    });
  });

  it('tells what cannot be changed, and does the rest', async () => {
    await serviceOf('invoice.paid').apply({ ...HERE, apiVersion: '2024-06-20' });
    const result = await serviceOf('invoice.sent').apply({ ...HERE, apiVersion: '2026-10-28.endive' });

    expect(result.drift.apiVersion).toEqual({ is: '2024-06-20', wanted: '2026-10-28.endive' });
    expect(await there()).toMatchObject([{ api_version: '2024-06-20', enabled_events: ['invoice.sent'] }]);
    await serviceOf('invoice.paid').apply({ ...HERE, name: 'account-default', apiVersion: null });
    expect((await there()).map(({ api_version }) => api_version)).toContain(null);
  });

  it('creates one endpoint, however many processes do it at the same time', async () => {
    const results = await Promise.all(Array.from({ length: 6 }, () => serviceOf('invoice.paid').apply(HERE)));

    expect(await there()).toHaveLength(1);
    const [first] = results;
    expect(results.filter(({ secret }) => secret !== null).every(({ secret }) => secret === first!.secret)).toBe(true);
  });

  it('creates one endpoint for two versions of an application that start together', async () => {
    const [looking, creating] = [api.faults.hold('/v1/webhook_endpoints?'), api.faults.hold('/v1/webhook_endpoints')];
    const later = serviceOf('invoice.paid').apply(HERE);
    await looking.reached;
    looking.release();
    await creating.reached;
    const first = await serviceOf('invoice.sent').apply(HERE);
    creating.release();

    expect(await later).toMatchObject({ action: 'update', endpointId: first.endpointId, secret: null });
    expect(await there()).toMatchObject([{ id: first.endpointId, enabled_events: ['invoice.paid'] }]);
  });

  it('creates it anew when it was deleted today, although Stripe remembers the answer', async () => {
    const ids = new Set<string>();
    for (let day = 0; day < 3; day += 1) {
      const { endpointId, secret } = await serviceOf('invoice.paid').apply(HERE);
      expect(await there()).toMatchObject([{ id: endpointId }]);
      expect(secret).toMatch(/^whsec_/);
      ids.add(endpointId!);
      await stripe.webhookEndpoints.del(endpointId!);
    }
    await serviceOf('invoice.sent').apply(HERE);

    expect(ids.size).toBe(3);
    expect(await there()).toMatchObject([{ enabled_events: ['invoice.sent'] }]);
  });

  it('says what no webhook endpoint delivers, and refuses to enable nothing', async () => {
    const service = serviceOf('v1.customer.created', 'nothing.*', 'invoice.paid');
    expect(await service.diff(HERE)).toMatchObject({
      ...{ wantedTypes: ['invoice.paid'], thinTypes: ['v1.customer.created'], unknownFamilies: ['nothing.*'] },
    });
    await expect(serviceOf().apply(HERE)).rejects.toThrow(InvalidRequestError);
    await expect(serviceOf('v2.core.*').diff(HERE)).rejects.toThrow(InvalidRequestError);
    expect(await serviceOf().diff({ ...HERE, types: ['invoice.*'] })).toMatchObject({ action: 'create' });
  });

  it.each([
    [{ url: '/stripe/webhook' }, 'url'],
    [{ url: 'ftp://shop.example' }, 'url'],
    [{ url: 'https://user:secret@shop.example' }, 'url'],
    [{ ...HERE, name: '' }, 'name'],
    [{ ...HERE, name: 'two words' }, 'name'],
    [{ ...HERE, types: ['in*'] }, 'types'],
    [{ ...HERE, description: 'x'.repeat(5_001) }, 'description'],
  ])('refuses %j', async (declaration, part) => {
    await expect(serviceOf('*').diff(declaration)).rejects.toThrow(InvalidRequestError);
    await expect(serviceOf('*').apply(declaration)).rejects.toThrow(part);
    await expect(serviceOf('*').apply(declaration)).rejects.not.toThrow('secret');
    expect(api.requests).toEqual([]);
  });

  it('hands on what Stripe says of a request that it refuses', async () => {
    await expect(serviceOf('invoice.teleported').apply(HERE)).rejects.toMatchObject({
      type: 'StripeInvalidRequestError',
      statusCode: 400,
    });
    expect(await there()).toEqual([]);
  });

  it('says how the secret is changed, which the API cannot', async () => {
    await expect(serviceOf('invoice.paid').rotateSecret(HERE)).rejects.toThrow(EndpointNotFoundError);
    const { endpointId } = await serviceOf('invoice.paid').apply(HERE);
    const { dashboardUrl, steps } = await serviceOf().rotateSecret(HERE);

    expect(dashboardUrl).toBe(`https://dashboard.stripe.com/test/webhooks/${endpointId}`);
    expect(steps).toHaveLength(3);
  });
});

@Injectable()
class Billing {
  @OnStripeEvent('invoice.paid')
  onPaid(): void {
    // Nothing is delivered here.
  }

  @OnStripeEvent('charge.refunded', { endpoint: 'eu' })
  onRefund(): void {
    // Nor here.
  }
}

describe('StripeEndpointService in an application with two accounts', () => {
  let api: StripeApi;
  let ledger: LedgerApp;

  beforeAll(async () => {
    api = await startStripeApi();
    api.accounts.ofKey('sk_test_eu', 'acct_eu');
    const clientOptions = { ...api.clientOptions, maxNetworkRetries: 0 };
    const webhookSecret = 'whsec_made_up';
    ledger = await startLedgerApp({
      ...{ database: memoryDatabase, platform: platforms[0]!, providers: [Billing] },
      stripe: {
        webhookSecret: undefined as never,
        accounts: {
          us: { apiKey: API_KEY, clientOptions, webhookSecret },
          eu: { apiKey: 'sk_test_eu', clientOptions, webhookSecret: `${webhookSecret}_eu`, apiVersion: '2024-06-20' },
        },
      },
    });
  });
  afterAll(async () => {
    await ledger.close();
    await api.close();
  });

  it('has an endpoint in each, with the types of its handlers and its version', async () => {
    const endpoints = ledger.app.get(StripeEndpointService);
    const [us, eu] = [
      { ...HERE, accountName: 'us' },
      { ...HERE, accountName: 'eu' },
    ];
    const [inUs, inEu] = [await endpoints.apply(us), await endpoints.apply(eu)];

    expect(inUs.drift.wantedTypes).toEqual(['invoice.paid']);
    expect(inEu.drift.wantedTypes).toEqual(['charge.refunded', 'invoice.paid']);
    expect(api.account.webhookEndpoints.get(inUs.endpointId!)?.api_version).not.toBe('2024-06-20');
    const european = api.accounts.ofKey('sk_test_eu', 'acct_eu').webhookEndpoints;
    expect(european.get(inEu.endpointId!)?.api_version).toBe('2024-06-20');
    expect(await endpoints.diff(eu)).toMatchObject({ action: 'none' });
  });

  it('asks which account is meant', async () => {
    const endpoints = ledger.app.get(StripeEndpointService);
    await expect(endpoints.diff(HERE)).rejects.toThrow('accountName must be one of the accounts: us, eu');
    await expect(endpoints.diff({ ...HERE, accountName: 'asia' })).rejects.toThrow(InvalidRequestError);
  });

  it('links owners of customers that the API returned only where it knows with which account', async () => {
    const owners = ledger.app.get(CustomerOwners);
    const customer = { id: 'cus_1', object: 'customer', livemode: false } as const;

    await expect(owners.link(customer, 'u1')).rejects.toThrow('endpoint must be one of the accounts: us, eu');
    expect(await owners.link(customer, 'u1', { endpoint: 'eu' })).toMatchObject({ endpoint: 'eu', ownerId: 'u1' });
  });
});
