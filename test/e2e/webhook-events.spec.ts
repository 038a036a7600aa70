import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { StripeEventActionService, type EventEntity } from 'nestjs-stripe-events';
import { buildEvent, testId, waitForEvent } from 'nestjs-stripe-events/testing';
import { platforms } from '../support/platforms';
import { startWebhookApp, type WebhookApp } from '../support/webhook-app';

const NEW = { received: true, duplicate: false };
const DUPLICATE = { received: true, duplicate: true };

describe.each(platforms)('a signed delivery on $name', ({ name: platform }) => {
  let webhook: WebhookApp;

  beforeAll(async () => {
    webhook = await startWebhookApp({ platform, stripe: { processing: { sweepMs: 20 } } });
  });
  afterAll(() => webhook.close());

  /** Delivers it, expects it to be new, and gives what has become of it. */
  async function settled(event: object, stripeId: string): Promise<EventEntity> {
    const body = JSON.stringify(event, null, 3);
    const answer = await webhook.deliver(body);
    expect([answer.status, await answer.json()]).toEqual([200, NEW]);
    const stored = await waitForEvent(webhook.app, stripeId, 'ignored');
    expect(stored.rawMessage).toBe(body);
    return stored;
  }

  it('may be a thin event', async () => {
    const id = testId('evt_test');
    const customer = testId('cus');
    const stored = await settled(
      {
        ...{
          id,
          object: 'v2.core.event',
          type: 'v1.customer.updated',
          created: '2026-10-28T12:00:00.250Z',
          livemode: true,
        },
        ...{ context: 'org_1/acct_1', reason: { type: 'request', request: { id: 'req_1', idempotency_key: 'key' } } },
        related_object: { id: customer, type: 'customer', url: `/v1/customers/${customer}` },
      },
      id,
    );
    expect(stored).toMatchObject({
      ...{ kind: 'v1.customer.updated', livemode: true, apiVersion: null, account: null, context: 'org_1/acct_1' },
      ...{ requestId: 'req_1', idempotencyKey: 'key', createdAt: new Date('2026-10-28T12:00:00.250Z') },
      ...{ objectId: customer, objectType: 'customer', stripeCustomerId: customer, ignoredReason: 'no-handler' },
    });
  });

  it('may be the ping of an event destination', async () => {
    const id = testId('evt_test');
    const ping = {
      id,
      object: 'v2.core.event',
      type: 'v2.core.event_destination.ping',
      created: '2026-10-28T12:00:00Z',
    };
    expect(await settled({ ...ping, related_object: null }, id)).toMatchObject({ kind: ping.type, objectId: null });
  });

  it('may be an event in the envelope of Amazon EventBridge, which has an id of its own', async () => {
    const id = '6a7e8feb-b491-4cf7-a9f1-bf3703467718';
    const envelope = { version: '0', id, 'detail-type': 'invoice.paid', source: 'aws.partner/stripe.com/ed_test_1' };
    const stored = await settled(
      { ...envelope, account: '123456789012', time: '2026-10-28T12:00:00Z', detail: buildEvent() },
      id,
    );
    expect(stored).toMatchObject({ kind: 'unknown', account: '123456789012', createdAt: null, objectId: null });
  });

  it('may be an event in the envelope of Azure Event Grid', async () => {
    const id = testId('evt');
    const envelope = { specversion: '1.0', id, type: 'com.stripe.v1.invoice.paid', time: '2026-10-28T12:00:00Z' };
    expect(await settled({ ...envelope, data: buildEvent({ id }) }, id)).toMatchObject({ kind: envelope.type });
  });

  it('is kept as dead when it is a list of events', async () => {
    const body = JSON.stringify([buildEvent({ id: testId('evt') })]);
    const answers = [await webhook.deliver(body), await webhook.deliver(body)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual([NEW, DUPLICATE]);
    const { data } = await webhook.app.get(StripeEventActionService).list({ status: 'dead' });
    expect(data).toMatchObject([{ stripeId: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), kind: 'unknown' }]);
    expect(data[0]?.lastError).toBe('The body is JSON, but not an object.');
  });

  it('is new once, however many come at the same moment, among others', async () => {
    const before = await webhook.count();
    const bodyOf = (id: string): string => JSON.stringify(buildEvent({ id }));
    const same = bodyOf(testId('evt'));
    const bodies = Array.from({ length: 30 }, (_, index) => (index % 3 === 0 ? bodyOf(testId('evt')) : same));

    const answers = await Promise.all(bodies.map((body) => webhook.deliver(body)));

    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const receipts = (await Promise.all(answers.map((answer) => answer.json()))) as { duplicate: boolean }[];
    expect(receipts.filter(({ duplicate }, index) => !duplicate && bodies[index] === same)).toHaveLength(1);
    expect(receipts.filter(({ duplicate }) => !duplicate)).toHaveLength(11);
    expect(await webhook.count()).toBe(before + 11);
  });
});
