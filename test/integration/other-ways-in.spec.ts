import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import {
  fromEventBridge,
  fromEventGrid,
  fromQueueMessage,
  OnStripeEvent,
  StripeEventActionService,
} from 'nestjs-stripe-events';
import { buildEvent, testId, waitForEvent } from 'nestjs-stripe-events/testing';
import { databases } from '../support/databases';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';

const handled: unknown[] = [];

@Injectable()
class Everything {
  @OnStripeEvent('*', { id: 'everything' })
  take(event: unknown): void {
    handled.push(event);
  }
}

function thinEvent(): Record<string, unknown> & { id: string } {
  return {
    id: testId('evt_test'),
    type: 'v1.customer.created',
    created: '2026-07-29T08:00:00.123Z',
    livemode: false,
    context: null,
    related_object: { id: 'cus_1', type: 'customer', url: '/v1/customers/cus_1' },
    snapshot_event: 'evt_1',
  };
}

const bridged = (detail: object): object => ({ source: 'aws.partner/stripe.com/ed_1', 'detail-type': 'x', detail });
const gridded = (data: object): object => ({ specversion: '1.0', source: '/providers/stripe/ed_1', data });

describe.each(databases)('events that come another way, on $name', (database) => {
  let ledger: LedgerApp;
  let events: StripeEventActionService;

  beforeAll(async () => {
    ledger = await startLedgerApp({ database, platform: platforms[0]!, providers: [Everything] });
    events = ledger.app.get(StripeEventActionService);
  });
  afterAll(() => ledger.close());
  beforeEach(() => {
    handled.length = 0;
  });

  it.each([
    ['EventBridge', (event: object) => fromEventBridge(bridged(event))],
    ['Event Grid', (event: object) => fromEventGrid(gridded(event))],
    ['a queue', (event: object) => fromQueueMessage(JSON.stringify(event))],
  ])('are stored and handled as they are: %s', async (_way, envelope) => {
    const object = { id: 'sub_1', object: 'subscription', customer: 'cus_2' };
    const snapshot = { ...buildEvent({ type: 'customer.subscription.updated', object }), account: 'acct_1' };
    const thin = thinEvent();

    const stored = await events.add(envelope(snapshot));
    await events.add(envelope(thin));
    await waitForEvent(ledger.app, stored.event.stripeId, 'succeeded');
    await waitForEvent(ledger.app, thin.id, 'succeeded');

    expect(handled).toEqual(expect.arrayContaining([snapshot, thin]));
    expect(stored).toMatchObject({
      isNew: true,
      event: { source: 'manual', account: 'acct_1', objectId: 'sub_1', stripeCustomerId: 'cus_2', message: snapshot },
    });
    expect(await events.find(thin.id)).toMatchObject({
      kind: 'v1.customer.created',
      objectId: 'cus_1',
      objectType: 'customer',
      relatedUrl: '/v1/customers/cus_1',
      snapshotEvent: 'evt_1',
      createdAt: new Date('2026-07-29T08:00:00.123Z'),
      message: thin,
    });
  });

  it('are the same events as those of the webhook', async () => {
    const event = buildEvent({ type: 'invoice.paid', object: { id: 'in_1', object: 'invoice' } });

    const answer = await ledger.deliver(event);
    const added = await events.add(fromEventBridge(bridged(event)));
    await waitForEvent(ledger.app, added.event.stripeId, 'succeeded');

    expect(await answer.json()).toEqual({ received: true, duplicate: false });
    expect(added.isNew).toBe(false);
    expect(handled).toEqual([event]);
  });
});
