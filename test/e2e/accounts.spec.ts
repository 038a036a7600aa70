import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AmbiguousIdError,
  CustomerOwners,
  CustomerQuery,
  EventNotFoundError,
  InvalidStripeEventError,
  StripeEventActionService,
  type EventEntity,
} from 'nestjs-stripe-events';
import { buildEvent, testId, waitForEvent } from 'nestjs-stripe-events/testing';
import { databases } from '../support/databases';
import { ADMIN_TOKEN, startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { EU_SECRET, Noter, twoAccounts, US_SECRET } from '../support/two-accounts';
import { waitUntil } from '../support/wait-until';

const EU_PATH = '/hooks/eu';
const US_PATH = '/hooks/us';
const KINDS = platforms.flatMap((platform) =>
  databases.map((database) => ({ platform, database, name: `${platform.name} and ${database.name}` })),
);

describe.each(KINDS)('two accounts with paths of their own, on $name', ({ platform, database }) => {
  let ledger: LedgerApp;
  let events: StripeEventActionService;
  let noter: Noter;

  beforeAll(async () => {
    ledger = await startLedgerApp({
      ...{ platform, database, providers: [Noter] },
      stripe: {
        accounts: twoAccounts({ livemode: true }, {}),
        webhookPath: { eu: EU_PATH, us: US_PATH },
        processing: { sweepMs: 20 },
      },
    });
    events = ledger.app.get(StripeEventActionService);
    noter = ledger.app.get(Noter);
  });
  afterAll(() => ledger.close());

  /** The event once nothing is left to do on it. */
  async function settled(stripeId: string, endpoint: string): Promise<EventEntity | null> {
    await waitUntil('the event is settled', async () => (await events.find(stripeId, endpoint))?.processed === true);
    return events.find(stripeId, endpoint);
  }

  /** An event of each account, with one id and different customers. */
  async function deliverTwins(): Promise<string> {
    const id = testId('evt');
    const [eu, us] = ['eu', 'us'].map((name) =>
      buildEvent({ id, livemode: true, object: { id: `in_${name}`, object: 'invoice', customer: `cus_${id}` } }),
    );
    expect((await ledger.deliver(eu, EU_PATH, EU_SECRET)).status).toBe(200);
    expect(await (await ledger.deliver(us, US_PATH, US_SECRET)).json()).toMatchObject({ duplicate: false });
    for (const endpoint of ['eu', 'us']) {
      await waitForEvent(ledger.app, id, 'succeeded', { endpoint });
    }
    return id;
  }

  it('keep each event with the account whose secret vouched for it, and tell handlers which that is', async () => {
    const event = buildEvent();
    const stripeId = String(event.id);
    expect((await ledger.deliver(event, US_PATH, US_SECRET)).status).toBe(200);

    expect(await settled(stripeId, 'us')).toMatchObject({ status: 'succeeded', endpoint: 'us' });
    expect(noter.endpointsOf(stripeId)).toEqual(['us']);
    expect(await events.find(stripeId)).toMatchObject({ endpoint: 'us' });
    expect(await events.find(stripeId, 'eu')).toBeNull();
  });

  it('let the secret of one account vouch for nothing at the path of the other', async () => {
    const event = buildEvent();
    const answer = await ledger.deliver(event, EU_PATH, US_SECRET);

    expect([answer.status, await answer.json()]).toEqual([
      400,
      expect.objectContaining({ code: 'STRIPE_EVENTS_SIGNATURE_INVALID' }),
    ]);
    expect(await events.find(String(event.id))).toBeNull();
  });

  it('take one id with both for two events, each handled with a key of its own', async () => {
    const stripeId = await deliverTwins();

    expect(noter.endpointsOf(stripeId)).toEqual(['eu', 'us']);
    const keys = noter.calls.filter((call) => call.stripeId === stripeId).map(({ idempotencyKey }) => idempotencyKey);
    expect(new Set(keys).size).toBe(2);
    expect(await events.find(stripeId, 'eu')).toMatchObject({ objectId: 'in_eu' });
    expect(await events.find(stripeId, 'us')).toMatchObject({ objectId: 'in_us' });
  });

  it('do not guess which of two events is meant', async () => {
    const stripeId = await deliverTwins();

    const error = await events.find(stripeId).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AmbiguousIdError);
    expect(error).toMatchObject({ endpoints: expect.arrayContaining(['eu', 'us']) });
    expect((error as Error).message).toContain('Say which is meant, as endpoint.');
    await expect(events.replay(stripeId)).rejects.toThrow(AmbiguousIdError);
    await expect(ledger.app.get(CustomerQuery).find(`cus_${stripeId}`)).rejects.toThrow(AmbiguousIdError);
    expect(await ledger.app.get(CustomerQuery).find(`cus_${stripeId}`, 'us')).toMatchObject({ endpoint: 'us' });
  });

  it('replay the event of the account that is named, and no other', async () => {
    const stripeId = await deliverTwins();

    expect(await events.replay(stripeId, { endpoint: 'eu' })).toBe(1);
    await settled(stripeId, 'eu');
    expect(noter.endpointsOf(stripeId)).toEqual(['eu', 'eu', 'us']);
    await expect(events.replay(stripeId, { endpoint: 'asia' })).rejects.toThrow(EventNotFoundError);
  });

  it('have a mode each: a test event is ignored where only live ones count, and handled where both do', async () => {
    const [ignored, handled] = [buildEvent(), buildEvent()];
    await ledger.deliver(ignored, EU_PATH, EU_SECRET);
    await ledger.deliver(handled, US_PATH, US_SECRET);

    expect(await settled(String(ignored.id), 'eu')).toMatchObject({ status: 'ignored', ignoredReason: 'livemode' });
    expect(await settled(String(handled.id), 'us')).toMatchObject({ status: 'succeeded' });
  });

  it('store test events of accounts connected to a live one, ignore them, and find them by their account', async () => {
    const [account, other] = [testId('acct'), testId('acct')];
    const [test, live, foreign] = [
      buildEvent({ account, livemode: false }),
      buildEvent({ account, livemode: true }),
      buildEvent({ account: other, livemode: true }),
    ];
    for (const event of [test, live, foreign]) {
      expect((await ledger.deliver(event, EU_PATH, EU_SECRET)).status).toBe(200);
      await settled(String(event.id), 'eu');
    }

    const answer = await ledger.admin(`events?account=${account}&endpoint=eu`);
    expect(await answer.json()).toMatchObject({
      data: [
        { stripeId: live.id, account, endpoint: 'eu', status: 'succeeded' },
        { stripeId: test.id, account, endpoint: 'eu', status: 'ignored', ignoredReason: 'livemode' },
      ],
    });
    expect(noter.calls.filter((call) => call.account === account)).toHaveLength(1);
    expect(await (await ledger.admin(`events?account=${account}&endpoint=us`)).json()).toMatchObject({ data: [] });
  });

  it('need to be named when an event is added', async () => {
    const added = { stripeId: testId('evt'), kind: 'invoice.paid', livemode: true, apiVersion: null, message: {} };

    expect(await events.add({ ...added, endpoint: 'us' })).toMatchObject({ isNew: true, event: { endpoint: 'us' } });
    expect(await events.add({ ...added, endpoint: 'eu' })).toMatchObject({ isNew: true, event: { endpoint: 'eu' } });
    for (const endpoint of [undefined, 'asia', 'default']) {
      const error = await events.add({ ...added, ...(endpoint && { endpoint }) }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(InvalidStripeEventError);
      expect(error).toMatchObject({
        field: 'endpoint',
        problems: ['endpoint must be one of the accounts: eu, us'],
      });
    }
  });

  it('are told apart by the administration', async () => {
    const stripeId = await deliverTwins();

    const ambiguous = await ledger.admin(`events/${stripeId}`);
    expect([ambiguous.status, await ambiguous.json()]).toEqual([
      409,
      expect.objectContaining({ code: 'STRIPE_EVENTS_AMBIGUOUS_ID' }),
    ]);
    expect(await (await ledger.admin(`events/${stripeId}?endpoint=us`)).json()).toMatchObject({
      endpoint: 'us',
      message: { data: { object: { id: 'in_us' } } },
      runs: [{ handler: 'noter', status: 'succeeded' }],
    });
    expect(await (await ledger.admin(`events?q=${stripeId}&endpoint=eu`)).json()).toMatchObject({
      data: [{ endpoint: 'eu', objectId: 'in_eu' }],
    });
    expect((await ledger.admin(`customers/cus_${stripeId}`)).status).toBe(409);
    expect(await (await ledger.admin(`customers/cus_${stripeId}?endpoint=eu`)).json()).toMatchObject({
      endpoint: 'eu',
      events: [{ endpoint: 'eu', stripeId }],
    });
    expect(await (await ledger.admin(`customers?q=cus_${stripeId}&endpoint=us`)).json()).toMatchObject({
      data: [{ endpoint: 'us' }],
    });
  });

  it('have owners of their own for the customers of one id', async () => {
    const stripeId = `cus_${await deliverTwins()}`;
    const owners = ledger.app.get(CustomerOwners);
    await expect(owners.link(stripeId, 'user-1')).rejects.toThrow(AmbiguousIdError);
    await owners.link(stripeId, 'user-1', { endpoint: 'eu' });
    const link = (body: object): Promise<Response> =>
      ledger.admin(`customers/${stripeId}/owner`, {
        method: 'POST',
        body: JSON.stringify({ owner: 'user-2', ...body }),
      });
    const unlink = (query: string): Promise<Response> =>
      // Fastify refuses a type of content without any.
      fetch(`${ledger.baseUrl}/stripe/admin/customers/${stripeId}/owner${query}`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
      });

    expect((await link({})).status).toBe(409);
    expect(await (await link({ endpoint: 'us' })).json()).toMatchObject({ endpoint: 'us', ownerId: 'user-2' });
    expect((await unlink('')).status).toBe(409);
    expect(await (await unlink('?endpoint=us')).json()).toMatchObject({ endpoint: 'us', ownerId: null });
    expect(await ledger.app.get(CustomerQuery).find(stripeId, 'eu')).toMatchObject({ ownerId: 'user-1' });

    const made = { id: testId('cus'), object: 'customer', livemode: true } as const;
    await expect(owners.link(made, 'user-3')).rejects.toThrow('endpoint must be one of the accounts: eu, us');
    expect(await owners.link(made, 'user-3', { endpoint: 'us' })).toMatchObject({ endpoint: 'us' });
  });

  it('are changed one at a time by the administration', async () => {
    const stripeId = await deliverTwins();
    const post = (path: string, body: object): Promise<Response> =>
      ledger.admin(`events/${path}`, { method: 'POST', body: JSON.stringify(body) });

    expect((await post(`${stripeId}/replay`, {})).status).toBe(409);
    expect((await post(`${stripeId}/replay`, { endpoint: 'us' })).status).toBe(202);
    await settled(stripeId, 'us');
    expect(noter.endpointsOf(stripeId)).toEqual(['eu', 'us', 'us']);
    expect((await post(`${stripeId}/customer`, { customer: 'cus_other' })).status).toBe(409);
    const linked = await post(`${stripeId}/customer`, { customer: 'cus_other', endpoint: 'eu' });
    expect(await linked.json()).toMatchObject({ endpoint: 'eu', customer: 'cus_other' });
    expect(await events.find(stripeId, 'us')).toMatchObject({ stripeCustomerId: `cus_${stripeId}` });
    const replayed = await post('replay', { status: 'succeeded', endpoint: 'asia' });
    expect(await replayed.json()).toEqual({ replayed: 0 });
  });
});
