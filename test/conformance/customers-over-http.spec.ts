import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CustomerQuery } from 'nestjs-stripe-events';
import { waitForEvent } from 'nestjs-stripe-events/testing';
import { describeConformance, readConformance } from '../support/conformance';
import { inParallel } from '../support/in-parallel';
import { startWebhookApp, type WebhookApp } from '../support/webhook-app';
import { targets } from './targets';

interface Expected {
  readonly expectedCustomerId: string | null;
  readonly expectedCustomerAccountId: string | null;
}

interface Delivered extends Expected {
  readonly name: string;
  readonly event: { readonly id: string };
}

/** For eight hundred deliveries, on a machine that may be busy. */
const LONG_MS = 120_000;

function readCases(): Delivered[] {
  const { cases } = readConformance('customer-cases.json') as {
    cases: readonly (Expected & {
      readonly type: string;
      readonly case: string;
      readonly event: { readonly id: string };
    })[];
  };
  return cases.map((one) => ({ ...one, name: `${one.type}: ${one.case}` }));
}

function readNotifications(): Delivered[] {
  const { notifications } = readConformance('thin-notifications.json') as {
    notifications: readonly (Expected & { readonly body: { readonly id: string; readonly type: string } })[];
  };
  return notifications.map((one) => ({ ...one, name: one.body.type, event: one.body }));
}

describeConformance('customers of delivered events', ['customer-cases.json', 'thin-notifications.json'], () => {
  const deliveries = [...readCases(), ...readNotifications()];

  describe.each(targets)('to $name', ({ database, platform }) => {
    let webhook: WebhookApp;

    beforeAll(async () => {
      webhook = await startWebhookApp({ database, platform: platform.name, stripe: { processing: { sweepMs: 20 } } });
      const statuses = await inParallel(deliveries, 24, async ({ event }) => {
        const answer = await webhook.deliver(JSON.stringify(event));
        await answer.text();
        return answer.status;
      });
      expect(statuses).toEqual(deliveries.map(() => 200));
    }, LONG_MS);
    afterAll(() => webhook.close());

    it.each(deliveries.map((one) => [one.name, one] as const))('%s', async (_name, { event, ...expected }) => {
      const { stripeCustomerId, customerAccount } = await waitForEvent(webhook.app, event.id, 'ignored', 25_000);

      expect([stripeCustomerId, customerAccount]).toEqual([
        expected.expectedCustomerId,
        expected.expectedCustomerAccountId,
      ]);
      if (stripeCustomerId !== null) {
        expect(await webhook.app.get(CustomerQuery).find(stripeCustomerId)).toMatchObject({
          stripeId: stripeCustomerId,
          endpoint: 'default',
        });
      }
    });
  });
});
