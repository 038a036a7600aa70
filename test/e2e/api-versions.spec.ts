import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import {
  OnStripeEvent,
  StripeEventActionService,
  type OtherApiVersion,
  type StripeHandlerContext,
} from 'nestjs-stripe-events';
import { buildEvent, testId, waitForEvent } from 'nestjs-stripe-events/testing';
import { databases, memoryDatabase, type DatabaseKind } from '../support/databases';
import { inParallel } from '../support/in-parallel';
import { SECRET, startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms, type Platform } from '../support/platforms';

const OLD = '2020-08-27';
const NEW = '2026-10-28.endive';
const TAKEN = [200, { received: true, duplicate: false }];
const DUPLICATE = [200, { received: true, duplicate: true }];
const REFUSED = [400, expect.objectContaining({ code: 'STRIPE_EVENTS_API_VERSION_REFUSED' })];

@Injectable()
class Versions {
  readonly seen: (string | null)[] = [];

  @OnStripeEvent('*', { id: 'versions' })
  note(event: { api_version?: string | null }, { record }: StripeHandlerContext): void {
    expect(event.api_version).toBe(record.apiVersion);
    this.seen.push(record.apiVersion);
  }
}

describe('events of another API version', () => {
  let ledger: LedgerApp | undefined;

  afterEach(async () => {
    await ledger?.close();
    ledger = undefined;
  });

  async function start(
    onOtherApiVersion: OtherApiVersion,
    parts: { database?: DatabaseKind; platform?: Platform } = {},
  ): Promise<{ app: LedgerApp; events: StripeEventActionService; seen: Versions['seen'] }> {
    const stripe = {
      accounts: { default: { webhookSecret: SECRET, apiVersion: NEW, onOtherApiVersion } },
      processing: { sweepMs: 20 },
    };
    ledger = await startLedgerApp({
      ...{ platform: platforms[0]!, database: memoryDatabase, providers: [Versions], stripe },
      ...parts,
    });
    return { app: ledger, events: ledger.app.get(StripeEventActionService), seen: ledger.app.get(Versions).seen };
  }

  async function deliver(id: string, apiVersion: string | null, object?: object): Promise<unknown[]> {
    const answer = await ledger!.deliver(buildEvent({ id, apiVersion, ...(object && { object }) }));
    return [answer.status, await answer.json()];
  }

  it('are handled in the form that came first, where all are', async () => {
    const { app, seen } = await start('process');
    const id = testId('evt');
    expect(await deliver(id, OLD)).toEqual(TAKEN);
    await waitForEvent(app.app, id, 'succeeded');
    expect(await deliver(id, NEW)).toEqual(DUPLICATE);

    expect(seen).toEqual([OLD]);
  });

  it.each(platforms)('are answered 400 and not stored where they are refused, on $name', async (platform) => {
    const { app, events, seen } = await start('refuse', { platform });
    const id = testId('evt');
    expect(await deliver(id, OLD)).toEqual(REFUSED);
    expect(await events.find(id)).toBeNull();
    expect(await deliver(id, NEW)).toEqual(TAKEN);
    await waitForEvent(app.app, id, 'succeeded');
    expect(await deliver(id, OLD)).toEqual(REFUSED);

    expect(seen).toEqual([NEW]);
  });

  it('are none where their version is of the same release, or where they have none', async () => {
    const { app } = await start('refuse');
    for (const version of ['2026-09-30.endive', null]) {
      const id = testId('evt');
      expect(await deliver(id, version)).toEqual(TAKEN);
      await waitForEvent(app.app, id, 'succeeded');
    }
  });

  it('are kept, not refused, when they are added: nobody would add them again', async () => {
    const { events } = await start('refuse');
    const added = { stripeId: testId('evt'), kind: 'invoice.paid', livemode: false, apiVersion: OLD, message: {} };

    const { event } = await events.add(added);
    expect(event).toMatchObject({ status: 'ignored', ignoredReason: 'api-version', apiVersion: OLD });
  });

  describe.each(databases)('where they are ignored, on $name', (database) => {
    it('are stored, and give way to the same event in the version that counts', async () => {
      const { app, events, seen } = await start('ignore', { database });
      const id = testId('evt');
      expect(await deliver(id, OLD, { id: 'in_1', object: 'invoice' })).toEqual(TAKEN);
      expect(await events.find(id)).toMatchObject({ status: 'ignored', ignoredReason: 'api-version' });
      expect(await deliver(id, OLD)).toEqual(DUPLICATE);

      expect(await deliver(id, NEW, { id: 'in_1', object: 'invoice', customer: 'cus_1' })).toEqual(TAKEN);
      expect(await waitForEvent(app.app, id, 'succeeded')).toMatchObject({
        apiVersion: NEW,
        ignoredReason: null,
        stripeCustomerId: 'cus_1',
        message: { api_version: NEW, data: { object: { customer: 'cus_1' } } },
      });
      expect(await deliver(id, OLD)).toEqual(DUPLICATE);
      expect(await deliver(id, NEW)).toEqual(DUPLICATE);
      expect(seen).toEqual([NEW]);
    });

    it('change nothing when they come second', async () => {
      const { app, seen } = await start('ignore', { database });
      const id = testId('evt');
      expect(await deliver(id, NEW)).toEqual(TAKEN);
      expect(await deliver(id, OLD)).toEqual(DUPLICATE);
      await waitForEvent(app.app, id, 'succeeded');

      expect(seen).toEqual([NEW]);
    });

    it('keep a long body whole in either version', async () => {
      const { app } = await start('ignore', { database });
      const id = testId('evt');
      const long = (letter: string) => ({ id: 'in_1', object: 'invoice', description: letter.repeat(200_000) });
      await deliver(id, OLD, long('a'));
      await deliver(id, NEW, long('ß'));

      const { message } = await waitForEvent(app.app, id, 'succeeded');
      expect(message).toMatchObject({ data: { object: long('ß') } });
    });

    it('are never in the way of it, however both come together', async () => {
      const { app, seen } = await start('ignore', { database });
      const ids = Array.from({ length: 20 }, () => testId('evt'));
      await inParallel(
        ids.flatMap((id) => [OLD, NEW, NEW].map((version) => ({ id, version }))),
        8,
        ({ id, version }) => deliver(id, version),
      );

      for (const id of ids) {
        expect(await waitForEvent(app.app, id, 'succeeded')).toMatchObject({ apiVersion: NEW });
      }
      expect(seen).toEqual(ids.map(() => NEW));
    });

    it('are replayed only by who names their version', async () => {
      const { app, events, seen } = await start('ignore', { database });
      const id = testId('evt');
      await deliver(id, OLD);

      expect(await events.replay({ status: 'ignored' })).toBe(0);
      expect(await events.replay({ status: 'ignored', apiVersion: NEW })).toBe(0);
      expect(await events.replay({ status: 'ignored', apiVersion: OLD })).toBe(1);
      await waitForEvent(app.app, id, 'succeeded');
      expect(seen).toEqual([OLD]);
    });
  });
});
