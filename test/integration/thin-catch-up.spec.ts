import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import {
  EventEntity,
  OnStripeEvent,
  StripeCatchUpService,
  SyncRunFailedError,
  type StripeHandlerContext,
} from 'nestjs-stripe-events';
import { SyncRunEntity, SyncRunStore } from '../../src/sync-runs';
import { memoryDatabase } from '../support/databases';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { withQuickCalls } from '../support/quick-calls';
import { API_KEY, sdks, startStripeApi, type StripeApi, type ThinEventObject } from '../support/stripe-api';
import { thinEvent } from '../support/thin-event';
import { waitUntil } from '../support/wait-until';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SCOPE = { kind: 'thin-catch-up', endpoint: 'default', account: null } as const;

@Injectable()
class Handlers {
  readonly handled: string[] = [];

  @OnStripeEvent('v1.customer.updated', { id: 'thin' })
  onUpdated(_event: unknown, { record }: StripeHandlerContext): void {
    this.handled.push(record.stripeId);
  }
}

describe.each(sdks)('a catch-up of thin events with $name', ({ load }) => {
  let api: StripeApi;
  let ledger: LedgerApp;
  let catchUps: StripeCatchUpService;

  beforeEach(async () => {
    const Sdk = await load();
    api = await startStripeApi();
    const config = { ...api.clientOptions, telemetry: false };
    ledger = await startLedgerApp({
      ...{ database: memoryDatabase, platform: platforms[0]!, providers: [Handlers] },
      stripe: {
        client: ({ context }) =>
          new Sdk(API_KEY, { ...config, ...(context === null ? {} : { stripeContext: context }) }),
        processing: { sweepMs: 20 },
      },
      override: (testing) => withQuickCalls(testing),
    });
    catchUps = ledger.app.get(StripeCatchUpService);
  });
  afterEach(async () => {
    await ledger.close();
    await api.close();
  });

  /** In an order that is none. */
  function happened(count: number, firstAgoMs: number, stepMs: number, of = api.account): ThinEventObject[] {
    const events = Array.from({ length: count }, (_, index) =>
      thinEvent({ type: 'v1.customer.updated', created: new Date(Date.now() - firstAgoMs + index * stepMs) }),
    );
    of.thinEvents.push(...events.toSorted((one, other) => (one.id < other.id ? -1 : 1)));
    return events;
  }
  const stored = (): Promise<EventEntity[]> =>
    ledger.dataSource.getRepository(EventEntity).find({ order: { createdAt: 'ASC' } });
  const listRequests = () => api.requests.filter(({ path }) => path.startsWith('/v2/core/events?'));

  it('stores what was missed, of every page and day, and has it handled once', async () => {
    const events = happened(250, 3 * DAY, 15 * 60_000);
    const [known, ...missed] = events;
    await ledger.deliver(known!);

    const result = await catchUps.run({ thin: true, since: new Date(Date.now() - 4 * DAY) });

    expect(result).toMatchObject({ found: 250, added: 249, known: 1, failed: 0, outOfReachBefore: null });
    expect((await stored()).map(({ stripeId }) => stripeId)).toEqual(events.map(({ id }) => id));
    expect((await stored()).filter(({ source }) => source === 'catch-up')).toHaveLength(missed.length);
    const { handled } = ledger.app.get(Handlers);
    await waitUntil('all are handled', () => handled.length === events.length);
    expect([...handled].sort()).toEqual(events.map(({ id }) => id).sort());
    expect(await catchUps.run({ thin: true })).toMatchObject({ found: 0, added: 0 });
  });

  it('begins with the first thin event that was received; a ledger without one has missed none', async () => {
    happened(2, 2 * DAY, HOUR);
    expect(await catchUps.run({ thin: true })).toMatchObject({ found: 0, from: null });
    expect(await catchUps.run({ thin: true })).toMatchObject({ found: 0 });

    expect(await catchUps.run({ thin: true, since: new Date(Date.now() - 40 * DAY) })).toMatchObject({
      added: 2,
      outOfReachBefore: expect.any(Date),
    });
  });

  it('goes on from a page that another process had come to, also where Stripe does not know it any more', async () => {
    const events = happened(120, 20 * HOUR, 60_000);
    const runs = ledger.dataSource.getRepository(SyncRunEntity);
    const store = ledger.app.get(SyncRunStore);
    const toMs = Date.now();
    const place = { fromMs: toMs - DAY, outOfReach: false, joins: true, toMs, throughMs: toMs - DAY };
    const checkpoint = JSON.stringify({ ...place, next: '/v2/core/events?page=gone' });
    const { run } = await store.start({ ...SCOPE, checkpoint });

    await catchUps.run({ thin: true });

    expect(await runs.findOneBy({ id: run.id })).toMatchObject({ status: 'succeeded', done: 120, added: 120 });
    expect(await stored()).toHaveLength(events.length);
    expect(listRequests()).toHaveLength(3);
    expect(await store.coveredUntil(SCOPE)).toEqual(new Date(place.toMs));
  });

  it('asks in the name of a connected account by its context', async () => {
    const [event] = happened(1, HOUR, 0, api.account.connect('acct_1'));
    const result = await catchUps.run({ thin: true, account: 'acct_1', since: new Date(Date.now() - DAY) });

    expect(result).toMatchObject({ added: 1 });
    expect(listRequests().at(-1)!.headers['stripe-context']).toBe('acct_1');
    expect(await stored()).toMatchObject([{ stripeId: event!.id, account: 'acct_1', apiVersion: null }]);
  });

  it('fails where the account has no such list, and catches up with snapshot events all the same', async () => {
    api.faults.next(1, { status: 400 }, '/v2/core/events');
    await expect(catchUps.run({ thin: true, since: new Date() })).rejects.toThrow(SyncRunFailedError);
    expect(await catchUps.run({ since: new Date(Date.now() - HOUR) })).toMatchObject({ found: 0 });
  });
});
