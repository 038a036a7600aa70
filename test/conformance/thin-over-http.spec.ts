import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fromEventBridge } from 'nestjs-stripe-events';
import { describeConformance, readConformance } from '../support/conformance';
import { inParallel } from '../support/in-parallel';
import { startWebhookApp, type WebhookApp } from '../support/webhook-app';
import { targets } from './targets';

interface Notification {
  readonly id: string;
  readonly type: string;
  readonly created: string;
  readonly related_object?: { readonly id?: string; readonly type: string; readonly url: string } | null;
  readonly snapshot_event?: string;
}

describeConformance('thin events of every type, delivered', ['thin-notifications.json'], () => {
  const { notifications } = readConformance('thin-notifications.json') as {
    notifications: readonly { readonly body: Notification }[];
  };
  const bodies = notifications.map(({ body }) => body);

  describe.each(targets)('to $name', ({ database, platform }) => {
    let webhook: WebhookApp;

    beforeAll(async () => {
      webhook = await startWebhookApp({ database, platform: platform.name });
      const statuses = await inParallel(bodies, 24, async (body) => {
        const answer = await webhook.deliver(JSON.stringify(body));
        return [answer.status, await answer.json()];
      });
      expect(statuses).toEqual(bodies.map(() => [200, { received: true, duplicate: false }]));
    });
    afterAll(() => webhook.close());

    it('are stored under what they say of themselves, as they came', async () => {
      const stored = await inParallel(bodies, 4, async ({ id }) => webhook.events.find(id));

      expect(stored.map((event) => event?.rawMessage)).toEqual(bodies.map((body) => JSON.stringify(body)));
      expect(
        stored.map((event) => ({
          ...{ kind: event?.kind, apiVersion: event?.apiVersion, snapshotEvent: event?.snapshotEvent },
          ...{ objectId: event?.objectId, objectType: event?.objectType, relatedUrl: event?.relatedUrl },
          created: event?.createdAt?.toISOString(),
        })),
      ).toEqual(
        bodies.map(({ type, created, related_object: related, snapshot_event: snapshotEvent = null }) => ({
          ...{ kind: type, apiVersion: null, snapshotEvent },
          ...{ objectId: related?.id ?? null, objectType: related?.type ?? null, relatedUrl: related?.url ?? null },
          created: new Date(created).toISOString(),
        })),
      );
    });

    it('are the same events when they come through EventBridge', async () => {
      const source = 'aws.partner/stripe.com/ed_1';
      const added = await inParallel(bodies, 24, (detail) => webhook.events.add(fromEventBridge({ source, detail })));

      expect(added.every(({ isNew }) => !isNew)).toBe(true);
      expect(await webhook.count()).toBe(bodies.length);
    });
  });
});
