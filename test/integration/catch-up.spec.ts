import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { OnStripeEvent, StripeCatchUpService, StripeEventActionService, type EventEntity } from 'nestjs-stripe-events';
import { waitForEvent } from 'nestjs-stripe-events/testing';
import { SyncRunStore } from '../../src/sync-runs';
import { databases } from '../support/databases';
import { startLedgerApp, type LedgerApp, type LedgerAppParts } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { withQuickCalls } from '../support/quick-calls';
import { API_KEY, sdks, startStripeApi, type StripeApi } from '../support/stripe-api';
import { listedEvent, nowSeconds } from '../support/stripe-events';
import { waitUntil } from '../support/wait-until';

const HOUR = 3_600;
const DAY = 24 * HOUR;
const SCOPE = { kind: 'catch-up', endpoint: 'default', account: null } as const;

const secondsAgo = (seconds: number): Date => new Date((nowSeconds() - seconds) * 1_000);

@Injectable()
class Handlers {
  readonly handled: string[] = [];

  @OnStripeEvent('*', { id: 'note' })
  note({ id }: Stripe.Event): void {
    this.handled.push(id);
  }
}

describe.each(databases.map((database, index) => ({ database, name: database.name, sdk: sdks[index % 2]! })))(
  'a catch-up on $name, with $sdk.name',
  ({ database, sdk }) => {
    let api: StripeApi;
    let ledger: LedgerApp;
    let catchUps: StripeCatchUpService;

    beforeEach(async () => {
      api = await startStripeApi();
      await start();
    });
    afterEach(async () => {
      await ledger.close();
      await api.close();
    });

    async function start(stripe: LedgerAppParts['stripe'] = {}): Promise<void> {
      const Sdk = await sdk.load();
      const config = { ...api.clientOptions, telemetry: false, maxNetworkRetries: 0 };
      ledger = await startLedgerApp({
        database,
        platform: platforms[0]!,
        providers: [Handlers],
        stripe: {
          client: ({ account }) =>
            new Sdk(API_KEY, { ...config, ...(account === null ? {} : { stripeAccount: account }) }),
          processing: { sweepMs: 20 },
          storageTimeoutMs: 20_000,
          ...stripe,
        },
        override: (testing) => withQuickCalls(testing),
      });
      catchUps = ledger.app.get(StripeCatchUpService);
    }

    const stored = async (): Promise<EventEntity[]> =>
      (await ledger.app.get(StripeEventActionService).list({ limit: 100 })).data;
    const storedIds = async (): Promise<string[]> => (await stored()).map(({ stripeId }) => stripeId).reverse();
    const ids = (...indexes: number[]): string[] => indexes.map((index) => `evt_listed_${index}`);
    const createdAt = (index: number): Date => new Date(api.account.events.get(`evt_listed_${index}`)!.created * 1_000);
    const covered = (): Promise<Date | null> => ledger.app.get(SyncRunStore).coveredUntil(SCOPE);

    it('stores what was missed, in the order it happened, as Stripe writes it, and has it handled once', async () => {
      const delivered = listedEvent(2, 3 * HOUR);
      await ledger.deliver(delivered);
      const raw = `{ "id": "evt_raw", "object": "event", "type": "a.b", "created": ${nowSeconds() - 4 * HOUR}, "n": 12345678901234567890 }`;
      api.account.events.add(raw);
      for (const event of [listedEvent(1, 5 * HOUR), delivered, listedEvent(3, 2 * HOUR)]) {
        api.account.events.add(event);
      }

      const result = await catchUps.run({ since: secondsAgo(DAY) });

      expect(result).toMatchObject({ found: 4, added: 3, known: 1, failed: 0, outOfReachBefore: null });
      expect(await storedIds()).toEqual([...ids(2, 1), 'evt_raw', ...ids(3)]);
      expect((await stored()).map(({ source }) => source)).toEqual(['catch-up', 'catch-up', 'catch-up', 'webhook']);
      expect((await waitForEvent(ledger.app, 'evt_raw', 'succeeded')).rawMessage).toBe(raw);
      await waitForEvent(ledger.app, 'evt_listed_3', 'succeeded');
      await waitForEvent(ledger.app, 'evt_listed_1', 'succeeded');
      const { handled } = ledger.app.get(Handlers);
      expect([...handled].sort()).toEqual([...ids(1, 2, 3), 'evt_raw']);
      expect(await ledger.deliver(listedEvent(3, 2 * HOUR)).then((answer) => answer.json())).toMatchObject({
        duplicate: true,
      });
      expect((await catchUps.run({ since: secondsAgo(DAY) })).added).toBe(0);
    });

    it('fetches no history until it is asked to, and then what happened since', async () => {
      api.account.events.add(listedEvent(1, HOUR));
      expect(await catchUps.run()).toMatchObject({ found: 0, from: null });
      expect(await catchUps.run()).toMatchObject({ found: 0, added: 0 });

      api.account.events.add(listedEvent(2, HOUR - 60));
      expect(await catchUps.run()).toMatchObject({ found: 1, added: 1 });
      // Made before the one that is here, and in the list after it.
      api.account.events.add(listedEvent(3, HOUR - 30));
      expect(await catchUps.run()).toMatchObject({ found: 2, known: 1, added: 1 });
      expect(await storedIds()).toEqual(ids(2, 3));
    });

    it('goes on where the last one ended, with a few requests, whatever was before', async () => {
      for (let index = 0; index < 250; index += 1) {
        api.account.events.add(listedEvent(index, DAY - index));
      }
      expect(await catchUps.run({ since: secondsAgo(2 * DAY) })).toMatchObject({ found: 250, added: 250 });
      expect(await covered()).toEqual(createdAt(249));
      api.requests.length = 0;
      api.account.events.add(listedEvent(250, 60));

      expect(await catchUps.run()).toMatchObject({ added: 1 });
      expect(api.requests.length).toBeLessThan(30);
      expect(api.requests.every(({ path }) => path.startsWith('/v1/events?limit='))).toBe(true);
    });

    it('says what is out of reach, and fetches the rest', async () => {
      api.account.events.add(listedEvent(1, 31 * DAY));
      api.account.events.add(listedEvent(2, 29 * DAY));

      const result = await catchUps.run({ since: secondsAgo(40 * DAY) });

      expect(result).toMatchObject({ found: 1, added: 1 });
      expect(Math.abs(result.outOfReachBefore!.getTime() - secondsAgo(30 * DAY).getTime())).toBeLessThan(60_000);
    });

    it('covers no gap: one that begins late leaves the rest to the next', async () => {
      api.account.events.add(listedEvent(1, 5 * HOUR));
      await catchUps.run({ since: secondsAgo(6 * HOUR) });
      api.account.events.add(listedEvent(2, 3 * HOUR));
      api.account.events.add(listedEvent(3, HOUR));

      expect(await catchUps.run({ since: secondsAgo(2 * HOUR) })).toMatchObject({ found: 1, added: 1 });
      expect(await covered()).toEqual(createdAt(1));
      expect(await catchUps.run()).toMatchObject({ found: 3, added: 1, known: 2 });
      expect(await covered()).toEqual(createdAt(3));
    });

    it('gets through 429s, 500s and broken connections, and stores each event once', async () => {
      for (let index = 0; index < 120; index += 1) {
        api.account.events.add(listedEvent(index, DAY - index));
      }
      const faults = [{ status: 429, headers: { 'retry-after': '0' } }, { status: 500 }, 'hang-up', 'cut-off'] as const;
      for (const fault of faults) {
        api.faults.next(1, fault, '/v1/events');
      }
      api.faults.next(7, { status: 503 }, '/v1/events');

      await expect(catchUps.run({ since: secondsAgo(2 * DAY) })).rejects.toMatchObject({
        code: 'STRIPE_EVENTS_RUN_FAILED',
      });
      expect(await catchUps.run({ since: secondsAgo(2 * DAY) })).toMatchObject({ found: 120, added: 120, failed: 0 });
      expect(new Set(await storedIds()).size).toBe(100);
    });

    it('asks for a connected account by itself, with a place of its own to go on from', async () => {
      api.account.connect('acct_1').events.add(listedEvent(1, HOUR));
      api.account.events.add(listedEvent(2, HOUR));

      expect(await catchUps.run({ account: 'acct_1', since: secondsAgo(DAY) })).toMatchObject({ added: 1 });

      expect(await stored()).toMatchObject([{ stripeId: 'evt_listed_1', account: 'acct_1', source: 'catch-up' }]);
      expect(api.requests.every(({ headers }) => headers['stripe-account'] === 'acct_1')).toBe(true);
      expect(await covered()).toBeNull();
      await expect(catchUps.run({ account: 'acct_2' })).rejects.toMatchObject({ code: 'STRIPE_EVENTS_RUN_FAILED' });
    });

    it('is started, followed and cancelled over HTTP', async () => {
      api.account.events.add(listedEvent(1, HOUR));
      const held = api.faults.hold('/v1/events');
      const body = JSON.stringify({ since: secondsAgo(DAY).toISOString() });
      const started = await ledger.admin('events/catch-up', { method: 'POST', body });
      const { run } = (await started.json()) as { run: string };

      expect(started.status).toBe(202);
      await held.reached;
      const show = async (): Promise<unknown> => (await ledger.admin(`runs/${run}`)).json();
      expect(await show()).toMatchObject({ status: 'running', done: 0, total: null, finishedAt: null, error: null });
      const again = await ledger.admin('events/catch-up', { method: 'POST', body: '{}' });
      expect(await again.json()).toEqual({ run });
      const cancelled = await ledger.admin(`runs/${run}/cancel`, { method: 'POST' });
      expect(await cancelled.json()).toMatchObject({ run, status: 'cancelled' });
      held.release();

      const next = await ledger.admin('events/catch-up', { method: 'POST', body });
      const { run: second } = (await next.json()) as { run: string };
      await waitForEvent(ledger.app, 'evt_listed_1', 'succeeded');
      await waitUntil('the second run has ended', async () => {
        const list = (await (await ledger.admin('runs?kind=catch-up')).json()) as { data: { status: string }[] };
        return list.data.map(({ status }) => status).join() === 'succeeded,cancelled';
      });
      expect(await (await ledger.admin(`runs/${second}`)).json()).toMatchObject({ done: 1, added: 1, known: 0 });
      expect((await ledger.admin('runs/01ARZ3NDEKTSV4RRFFQ69G5FAV')).status).toBe(404);
    });
  },
);
