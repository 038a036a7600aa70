import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EventOutOfReachError, StripeEventActionService, type EventEntity } from 'nestjs-stripe-events';
import { buildEvent } from 'nestjs-stripe-events/testing';
import { databases, memoryDatabase } from '../support/databases';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { API_KEY, sdks, startStripeApi, type StripeApi } from '../support/stripe-api';
import { thinEvent } from '../support/thin-event';

const DAY_SECONDS = 86_400;
const now = (): number => Math.floor(Date.now() / 1000);
const targets = [
  ...databases.map((database) => ({ database, sdk: sdks.at(-1)! })),
  ...sdks.slice(0, -1).map((sdk) => ({ database: memoryDatabase, sdk })),
];

interface Snapshot extends Record<string, unknown> {
  readonly id: string;
  readonly data: { readonly object: Record<string, unknown> };
}

function paid(changes: object = {}): Snapshot {
  const object = {
    id: 'in_1A',
    object: 'invoice',
    amount_paid: 500,
    currency: 'eur',
    customer: 'cus_1A',
    status: 'paid',
  };
  return { ...buildEvent({ type: 'invoice.paid', object }), ...changes } as Snapshot;
}

function withObject(event: Snapshot, changes: object): Snapshot {
  return { ...event, data: { ...event.data, object: { ...event.data.object, ...changes } } };
}

describe.each(targets)('validate(), on $database.name with $sdk.name', ({ database, sdk }) => {
  let api: StripeApi;
  let ledger: LedgerApp;
  let events: StripeEventActionService;

  beforeAll(async () => {
    api = await startStripeApi();
    const Sdk = await sdk.load();
    ledger = await startLedgerApp({
      database,
      platform: platforms[0]!,
      stripe: {
        client: ({ account }) =>
          new Sdk(API_KEY, {
            ...{ ...api.clientOptions, maxNetworkRetries: 0 },
            ...(account === null ? {} : { stripeAccount: account }),
          }),
        processing: false,
      },
    });
    events = ledger.app.get(StripeEventActionService);
  });
  afterAll(async () => {
    await ledger.close();
    await api.close();
  });
  beforeEach(() => {
    api.requests.length = 0;
    api.faults.clear();
  });

  async function received(event: Record<string, unknown>): Promise<EventEntity> {
    expect((await ledger.deliver(event)).status).toBe(200);
    const stored = await events.find(String(event.id));
    return stored!;
  }

  /** What is said of an event that came as `ours`, while Stripe has `theirs`; and that it is kept. */
  async function verdict(ours: Record<string, unknown>, theirs: object | null): Promise<boolean | null> {
    if (theirs !== null) {
      api.account.events.add(theirs);
    }
    const event = await received(ours);
    const before = { status: event.status, attempts: event.attempts, leaseNo: event.leaseNo };
    const said = await events.validate(event);
    const kept = (await events.find(String(ours.id)))!;
    expect(kept).toMatchObject({ ...before, valid: said });
    expect(event.valid).toBe(said);
    return kept.valid;
  }

  it('is true of what Stripe has, in whatever order it is written, and however many deliveries are left', async () => {
    const event = paid();
    const { id, data, type, ...rest } = event;
    expect(await verdict(event, { type, data: { ...data }, id, ...rest, pending_webhooks: 0 })).toBe(true);
    expect(api.requests).toMatchObject([{ method: 'GET', path: `/v1/events/${id}` }]);
  });

  it('loads the body of an event that came from a list', async () => {
    const event = paid();
    api.account.events.add(event);
    await received(event);
    const { data } = await events.list({ q: event.id });

    expect(data[0]?.message).toBeUndefined();
    expect(await events.validate(data[0]!)).toBe(true);
  });

  it.each([
    ['an amount', (event: Snapshot) => withObject(event, { amount_paid: 1 })],
    ['a word', (event: Snapshot) => withObject(event, { status: 'open' })],
    ['a field that is more', (event: Snapshot) => withObject(event, { charge: null })],
    ['what it was before', (event: Snapshot) => ({ ...event, data: { ...event.data, previous_attributes: {} } })],
    ['its object', (event: Snapshot) => withObject(event, { id: 'in_2' })],
    ['its type', (event: Snapshot) => ({ ...event, type: 'invoice.voided' })],
    ['its mode', (event: Snapshot) => ({ ...event, livemode: true })],
    ['its time', (event: Snapshot) => ({ ...event, created: Number(event.created) - 1 })],
    ['its request', (event: Snapshot) => ({ ...event, request: { id: 'req_other', idempotency_key: null } })],
  ])('is false where another one is what Stripe has: %s', async (_what, changed) => {
    const theirs = paid();
    expect(await verdict(changed(theirs), theirs)).toBe(false);
  });

  it('compares what no API version changes where the versions differ', async () => {
    const theirs = paid({ api_version: '2017-04-06', request: 'req_1' });
    const rendered = { api_version: '2026-10-28.endive', request: { id: 'req_1', idempotency_key: 'key_1' } };
    const ours = withObject({ ...theirs, ...rendered }, { status: 'closed', attempt: 1 });
    expect(await verdict(ours, theirs)).toBe(true);

    const forged = paid({ api_version: '2017-04-06' });
    expect(await verdict(withObject({ ...forged, api_version: 'x' }, { amount_paid: 9 }), forged)).toBe(false);
    const redirected = paid({ api_version: '2017-04-06' });
    expect(await verdict(withObject({ ...redirected, api_version: 'x' }, { customer: 'cus_2B' }), redirected)).toBe(
      false,
    );
  });

  it('asks in the name of the account, whose own copy need not name it', async () => {
    const { account: _, ...theirs } = paid({ account: 'acct_connected' });
    api.account.connect('acct_connected').events.add(theirs);
    const event = await received({ ...theirs, account: 'acct_connected' });

    expect(await events.validate(event)).toBe(true);
    expect(api.requests[0]?.headers['stripe-account']).toBe('acct_connected');
    // As one's own, Stripe does not have it.
    const stolen = paid();
    api.account.connect('acct_connected').events.add(stolen);
    expect(await verdict(stolen, null)).toBe(false);
  });

  it('is false of what Stripe would still have, and does not', async () => {
    expect(await verdict(paid(), null)).toBe(false);
    expect(await verdict(paid({ created: now() - 28 * DAY_SECONDS }), null)).toBe(false);
  });

  it('says nothing of what is too old to be fetched', async () => {
    const event = await received(paid({ created: now() - 31 * DAY_SECONDS }));
    await expect(events.validate(event)).rejects.toThrow(EventOutOfReachError);
    expect((await events.find(event.stripeId))?.valid).toBeNull();
  });

  it('says nothing while Stripe cannot answer', async () => {
    const event = await received(paid());
    api.faults.next(1, { status: 500 });
    await expect(events.validate(event)).rejects.toMatchObject({ statusCode: 500 });
    expect((await events.find(event.stripeId))?.valid).toBeNull();
  });

  it('is asked for by the administration, which is told why it cannot be said', async () => {
    const validate = async ({ id }: Snapshot): Promise<unknown> => {
      const answer = await ledger.admin(`events/${id}/validate`, { method: 'POST' });
      const { valid, code } = (await answer.json()) as Record<string, unknown>;
      return [answer.status, valid ?? code];
    };
    const [genuine, old] = [paid(), paid({ created: now() - 31 * DAY_SECONDS })];
    await Promise.all([genuine, old].map(received));
    api.account.events.add(genuine);

    api.faults.next(1, { status: 500 });
    expect(await validate(genuine)).toEqual([502, 'STRIPE_EVENTS_API_FAILED']);
    api.faults.next(1, { status: 429 });
    expect(await validate(genuine)).toEqual([502, 'STRIPE_EVENTS_API_FAILED']);
    expect(await validate(genuine)).toEqual([200, true]);
    expect(await validate(old)).toEqual([410, 'STRIPE_EVENTS_EVENT_OUT_OF_REACH']);
    expect(await validate(paid())).toEqual([404, 'STRIPE_EVENTS_EVENT_NOT_FOUND']);
  });

  it('compares a thin event, which is fetched with more than was delivered', async () => {
    const related = { id: 'cus_1', type: 'customer', url: '/v1/customers/cus_1' };
    const thin = thinEvent({ related, snapshotEvent: 'evt_1' });
    const { context: _, reason: __, ...bare } = thin;
    api.account.objects.set(`/v2/core/events/${thin.id}`, { ...bare, data: { more: 1 }, changes: null });
    expect(await verdict(thin, null)).toBe(true);

    const forged = thinEvent({ related });
    const other = { ...related, url: '/v1/customers/cus_2' };
    api.account.objects.set(`/v2/core/events/${forged.id}`, { ...forged, related_object: other });
    expect(await verdict(forged, null)).toBe(false);
  });

  it('compares what `add()` was given, and what it was told beside it', async () => {
    const theirs = { ...paid(), data: { object: { id: 'in_1A', object: 'invoice' }, previous_attributes: {} } };
    api.account.events.add(theirs);
    const given = {
      stripeId: theirs.id,
      kind: 'invoice.paid',
      livemode: false,
      apiVersion: '2026-10-28.endive',
    };
    const { event } = await events.add({ ...given, message: theirs.data.object });
    expect(await events.validate(event)).toBe(true);

    const whole = paid();
    api.account.events.add(whole);
    const told = { ...given, stripeId: whole.id, kind: 'charge.refunded', message: whole };
    expect(await events.validate((await events.add(told)).event)).toBe(false);
  });
});
