import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeConformance, readConformance, readConformanceBytes } from '../support/conformance';
import { inParallel } from '../support/in-parallel';
import { startWebhookApp, type WebhookApp } from '../support/webhook-app';
import { targets } from './targets';

interface StripeEvent {
  readonly id: string;
  readonly type: string;
  readonly api_version?: string | null;
  readonly account?: string;
  readonly livemode: boolean | 'true' | 'false';
}

interface Delivery {
  readonly file: string;
  readonly bytes: Buffer;
  readonly event: StripeEvent;
}

const DASHBOARD_TEST_ID = 'evt_00000000000000';
// So that recordings share statements.
const AT_A_TIME = 24;

describeConformance('collected events, delivered', ['events/index.json'], () => {
  const { events: index } = readConformance('events/index.json') as { events: readonly { readonly file: string }[] };
  const deliveries = index.map(({ file }): Delivery => {
    const bytes = readConformanceBytes(`events/${file}`);
    return { file, bytes, event: JSON.parse(bytes.toString('utf8')) as StripeEvent };
  });
  const tests = deliveries.filter(({ event }) => event.id === DASHBOARD_TEST_ID);
  const others = deliveries.filter(({ event }) => event.id !== DASHBOARD_TEST_ID);
  const ids = [...new Set(others.map(({ event }) => event.id))];

  describe.each(targets)('to $name', ({ database, platform }) => {
    let webhook: WebhookApp;
    /** The files that were answered as new. */
    let first: Set<Delivery>;

    beforeAll(async () => {
      webhook = await startWebhookApp({ database, platform: platform.name });
      first = await deliverAll();
    });
    afterAll(() => webhook.close());

    async function deliverAll(): Promise<Set<Delivery>> {
      const receipts = await inParallel(deliveries, AT_A_TIME, async ({ bytes }) => {
        const answer = await webhook.deliver(bytes);
        return [answer.status, (await answer.json()) as object] as const;
      });
      const fresh = deliveries.filter((_, at) => 'duplicate' in receipts[at]![1] && !receipts[at]![1].duplicate);
      expect(receipts).toEqual(deliveries.map((one) => [200, { received: true, duplicate: !fresh.includes(one) }]));
      return new Set(fresh);
    }

    async function testEvents(): Promise<string[]> {
      const found: string[] = [];
      for (let cursor: string | undefined; ;) {
        const page = await webhook.events.list({ q: `${DASHBOARD_TEST_ID}:`, ...(cursor && { cursor }) });
        found.push(...page.data.map(({ stripeId }) => stripeId));
        if (page.nextCursor === null) return found;
        cursor = page.nextCursor;
      }
    }

    it('are new once for each id, and each time for test events of the Dashboard', async () => {
      expect(ids.map((id) => [id, others.filter((one) => one.event.id === id && first.has(one)).length])).toEqual(
        ids.map((id) => [id, 1]),
      );
      expect(tests.filter((one) => !first.has(one))).toEqual([]);
      expect(await webhook.count()).toBe(ids.length + tests.length);
    });

    it.each(ids)('%s is found as it came first, under what it says of itself', async (id) => {
      const { bytes, event } = others.find((one) => one.event.id === id && first.has(one))!;
      const stored = await webhook.events.find(id);
      expect(Buffer.from(stored?.rawMessage ?? '').equals(bytes)).toBe(true);
      expect(stored?.message).toEqual(event);
      expect(stored).toMatchObject({
        kind: event.type,
        apiVersion: event.api_version ?? null,
        account: event.account ?? null,
        livemode: String(event.livemode) === 'true',
        status: 'pending',
        source: 'webhook',
      });
    });

    it('are found as they came, each test event of the Dashboard under an id of its own', async () => {
      const bodies = await inParallel(await testEvents(), 4, (id) => webhook.stored(id));
      expect(bodies.sort()).toEqual(tests.map(({ bytes }) => bytes.toString('utf8')).sort());
    });

    it('are duplicates when they come again, but for test events of the Dashboard', async () => {
      const fresh = await deliverAll();
      expect([...fresh].map(({ file }) => file)).toEqual(tests.map(({ file }) => file));
      expect(await webhook.count()).toBe(ids.length + 2 * tests.length);
    });
  });
});
