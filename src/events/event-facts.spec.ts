import { describe, expect, it } from '@jest/globals';

import { factsOf, UNKNOWN_KIND } from './event-facts';

const THIN = {
  id: 'evt_test_65R',
  object: 'v2.core.event',
  type: 'v1.customer.created',
  created: '2026-07-29T08:00:00.123Z',
  livemode: true,
  context: 'org_1/acct_1',
  reason: { type: 'request', request: { id: 'req_1', idempotency_key: 'key_1' } },
  related_object: { id: 'cus_1', type: 'customer', url: '/v1/customers/cus_1' },
  snapshot_event: 'evt_1',
};

describe('factsOf', () => {
  it('reads a snapshot event', () => {
    const event = {
      id: 'evt_1',
      object: 'event',
      type: 'invoice.paid',
      livemode: true,
      api_version: '2016-03-07; orders_beta=v3',
      created: 1_785_312_000,
      pending_webhooks: 2,
      account: 'acct_1',
      context: 'acct_1',
      request: { id: 'req_1', idempotency_key: 'key_1' },
      data: { object: { id: 'in_1', object: 'invoice', customer: 'cus_1', customer_account: 'acct_2' } },
    };

    expect(factsOf(event)).toEqual({
      stripeId: 'evt_1',
      kind: 'invoice.paid',
      livemode: true,
      apiVersion: '2016-03-07; orders_beta=v3',
      requestId: 'req_1',
      idempotencyKey: 'key_1',
      pendingWebhooks: 2,
      account: 'acct_1',
      context: 'acct_1',
      createdAt: 1_785_312_000_000,
      objectId: 'in_1',
      objectType: 'invoice',
      relatedUrl: null,
      snapshotEvent: null,
      stripeCustomerId: 'cus_1',
      customerAccount: 'acct_2',
      isTestId: false,
    });
  });

  it('reads a thin event', () => {
    expect(factsOf(THIN)).toEqual({
      stripeId: 'evt_test_65R',
      kind: 'v1.customer.created',
      livemode: true,
      apiVersion: null,
      requestId: 'req_1',
      idempotencyKey: 'key_1',
      pendingWebhooks: 0,
      account: null,
      context: 'org_1/acct_1',
      createdAt: Date.UTC(2026, 6, 29, 8, 0, 0, 123),
      objectId: 'cus_1',
      objectType: 'customer',
      relatedUrl: '/v1/customers/cus_1',
      snapshotEvent: 'evt_1',
      stripeCustomerId: 'cus_1',
      customerAccount: null,
      isTestId: false,
    });
  });

  it('reads a fetched thin event, whose data is not an object of its own', () => {
    const event = { ...THIN, reason: null, related_object: null, data: { customer: 'cus_2', object: { id: 'no' } } };

    expect(factsOf(event)).toMatchObject({
      objectId: null,
      objectType: null,
      stripeCustomerId: 'cus_2',
      requestId: null,
    });
  });

  it('takes a related object without an id, and a snapshot event of another form, for what they are', () => {
    const event = { ...THIN, related_object: { type: 'balance', url: '/v1/balance' }, snapshot_event: ['evt_1'] };

    expect(factsOf(event)).toMatchObject({
      objectId: null,
      objectType: 'balance',
      relatedUrl: '/v1/balance',
      snapshotEvent: null,
    });
  });

  it('takes for a snapshot event only what a thin one says', () => {
    const event = {
      id: 'evt_1',
      object: 'event',
      snapshot_event: 'evt_2',
      related_object: { url: '/v1/charges/ch_1' },
    };

    expect(factsOf(event)).toMatchObject({ relatedUrl: null, snapshotEvent: null });
  });

  it('reads an event that is nothing but an id', () => {
    expect(factsOf({ id: 'evt_1' })).toMatchObject({
      kind: UNKNOWN_KIND,
      livemode: false,
      pendingWebhooks: 0,
      createdAt: null,
      objectId: null,
      requestId: null,
    });
  });

  it.each([
    [{ id: 'req_1', idempotency_key: null }, 'req_1', null],
    [{ id: 'req_1' }, 'req_1', null],
    [{ id: null, idempotency_key: 'key_1' }, null, 'key_1'],
    ['req_1', 'req_1', null],
    [null, null, null],
    [undefined, null, null],
    [['req_1'], null, null],
  ])('reads the request %j', (request, requestId, idempotencyKey) => {
    expect(factsOf({ id: 'evt_1', request })).toMatchObject({ requestId, idempotencyKey });
  });

  it.each([
    [0, 0],
    [1_785_312_000.5, 1_785_312_000_500],
    [4_102_444_800, 4_102_444_800_000],
    ['1518896523', 1_518_896_523_000],
    ['2026-07-29T08:00:00Z', Date.UTC(2026, 6, 29, 8)],
    ['2026-07-29T10:00:00.123456+02:00', Date.UTC(2026, 6, 29, 8, 0, 0, 123)],
    ['2026-07-29T08:00:00', null],
    ['2026-99-29T08:00:00Z', null],
    ['yesterday', null],
    ['', null],
    [1e300, null],
    [Infinity, null],
    [NaN, null],
    [true, null],
    [null, null],
    [[1], null],
  ])('reads the time %j as %j', (created, createdAt) => {
    expect(factsOf({ id: 'evt_1', created }).createdAt).toBe(createdAt);
  });

  it.each([
    [3, 3],
    [0, 0],
    [-1, 0],
    [1.5, 0],
    ['3', 0],
    [null, 0],
    [2 ** 31, 0],
    [Infinity, 0],
  ])('reads %j pending webhooks as %d', (pending_webhooks, expected) => {
    expect(factsOf({ id: 'evt_1', pending_webhooks }).pendingWebhooks).toBe(expected);
  });

  it.each([
    [true, true],
    [false, false],
    ['true', true],
    ['false', false],
    [1, false],
    [undefined, false],
  ])('reads the livemode %j as %j', (livemode, expected) => {
    expect(factsOf({ id: 'evt_1', livemode }).livemode).toBe(expected);
  });

  it.each([5, null, '', 'a'.repeat(300), 'a\0b', {}])('calls the type %j unknown', (type) => {
    expect(factsOf({ id: 'evt_1', type }).kind).toBe(UNKNOWN_KIND);
  });

  it('leaves out what no column can hold, and keeps the rest', () => {
    const broken = 'a\0b';
    const object = { id: broken, object: 'invoice', customer: 'cus_1' };
    const event = {
      id: 'evt_1',
      type: '__proto__',
      account: broken,
      api_version: broken,
      context: '\ud83d',
      data: { object },
    };

    expect(factsOf(event)).toMatchObject({
      kind: '__proto__',
      account: null,
      apiVersion: null,
      context: null,
      objectId: null,
      objectType: 'invoice',
      stripeCustomerId: 'cus_1',
    });
  });

  it('knows the id that all test events of the Dashboard share', () => {
    expect(factsOf({ id: 'evt_00000000000000' }).isTestId).toBe(true);
    expect(factsOf({ id: 'evt_000000000000000' }).isTestId).toBe(false);
  });
});
