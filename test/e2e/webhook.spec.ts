import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import {
  OnStripeEvent,
  UnrecoverableEventError,
  type StripeEventOf,
  type StripeHandlerContext,
} from 'nestjs-stripe-events';
import { buildEvent, signedDelivery, testId, waitForEvent } from 'nestjs-stripe-events/testing';
import { databases } from '../support/databases';
import { SECRET, startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';

const calls: { id: string; attempt: number; customer: string | undefined }[] = [];

@Injectable()
class Billing {
  @OnStripeEvent('invoice.paid')
  onPaid(event: StripeEventOf<'invoice.paid'>, { attempt, customer }: StripeHandlerContext): void {
    calls.push({ id: event.id, attempt, customer: customer?.stripeId });
  }

  @OnStripeEvent('invoice.voided')
  onVoided(event: StripeEventOf<'invoice.voided'>, { attempt }: StripeHandlerContext): void {
    calls.push({ id: event.id, attempt, customer: undefined });
    if (attempt < 3) {
      throw new Error('not yet');
    }
  }

  @OnStripeEvent('invoice.overdue')
  onOverdue(): void {
    throw new UnrecoverableEventError('never');
  }
}

describe.each(databases)('a delivery, with its events in $name', (database) => {
  describe.each(platforms)('on $name', (platform) => {
    let ledger: LedgerApp;

    beforeAll(async () => {
      const processing = { backoff: { baseMs: 1 }, sweepMs: 20 };
      ledger = await startLedgerApp({ database, platform, providers: [Billing], stripe: { processing } });
    });
    afterAll(() => ledger.close());

    it('is stored once, however often Stripe sends it, and handled once', async () => {
      const event = buildEvent({ object: { id: testId('in'), object: 'invoice', customer: 'cus_AbC' } });

      const first = await ledger.deliver(event);
      const second = await ledger.deliver(event);

      expect([first.status, await first.json()]).toEqual([200, { received: true, duplicate: false }]);
      expect([second.status, await second.json()]).toEqual([200, { received: true, duplicate: true }]);
      const stored = await waitForEvent(ledger.app, String(event.id), 'succeeded');
      expect(stored.message).toEqual(event);
      expect(calls.filter(({ id }) => id === event.id)).toEqual([{ id: event.id, attempt: 1, customer: 'cus_AbC' }]);
    });

    it('tells ids apart that differ in case alone', async () => {
      const id = testId('evt_aA');
      const answers = [
        await ledger.deliver(buildEvent({ id })),
        await ledger.deliver(buildEvent({ id: id.replace('aA', 'Aa') })),
      ];

      expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual([
        { received: true, duplicate: false },
        { received: true, duplicate: false },
      ]);
    });

    it('is tried again until its handler succeeds', async () => {
      const event = buildEvent({ type: 'invoice.voided' });
      await ledger.deliver(event);

      const stored = await waitForEvent(ledger.app, String(event.id), 'succeeded');

      expect(stored.attempts).toBe(3);
      expect(calls.filter(({ id }) => id === event.id).map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    });

    it('is a dead letter at once when no retry can help, and can be replayed', async () => {
      const event = buildEvent({ type: 'invoice.overdue' });
      await ledger.deliver(event);
      await waitForEvent(ledger.app, String(event.id), 'dead');

      const answer = await ledger.admin(`events/${String(event.id)}/replay`, { method: 'POST', body: '{}' });

      expect([answer.status, await answer.json()]).toEqual([202, { replayed: 1 }]);
      const { lastError } = await waitForEvent(ledger.app, String(event.id), 'dead');
      expect(lastError).toContain('UnrecoverableEventError: never');
    });

    it('is kept although nobody handles it, and its customer becomes known', async () => {
      const event = buildEvent({
        type: 'charge.succeeded',
        object: { id: testId('ch'), object: 'charge', customer: testId('cus') },
      });
      await ledger.deliver(event);
      const { ignoredReason, stripeCustomerId } = await waitForEvent(ledger.app, String(event.id), 'ignored');

      expect(ignoredReason).toBe('no-handler');
      const customer = await ledger.admin(`customers/${String(stripeCustomerId)}`);
      expect(await customer.json()).toMatchObject({ stripeId: stripeCustomerId, placeholder: true });
    });

    it('is refused without a signature that fits, in one way for all reasons', async () => {
      const { body, headers } = signedDelivery(buildEvent(), SECRET);
      const post = (changed: RequestInit): Promise<Response> =>
        fetch(`${ledger.baseUrl}/stripe/webhook`, { method: 'POST', body, headers, ...changed });
      const stale = signedDelivery(buildEvent(), SECRET, 1_000_000_000);
      const answers = await Promise.all([
        post({ body: `${body} ` }),
        post({ headers: { 'content-type': 'application/json' } }),
        post({ headers: { ...headers, 'stripe-signature': 't=1,v1=' } }),
        post(stale),
      ]);

      expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
      const bodies = new Set(await Promise.all(answers.map((answer) => answer.text())));
      expect([...bodies]).toHaveLength(1);
    });

    it('is kept as dead when it is signed but no event', async () => {
      const answer = await ledger.deliver(`not json ${testId('x')}`);

      expect([answer.status, await answer.json()]).toEqual([200, { received: true, duplicate: false }]);
      const list = (await (await ledger.admin('events?status=dead')).json()) as { data: { stripeId: string }[] };
      expect(list.data[0]?.stripeId).toMatch(/^sha256:[0-9a-f]{64}$/);
    });

    it('keeps every test event of the Dashboard', async () => {
      const event = buildEvent({ id: 'evt_00000000000000' });
      const answers = [await ledger.deliver(event), await ledger.deliver(event)];

      expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual([
        { received: true, duplicate: false },
        { received: true, duplicate: false },
      ]);
    });

    it('may be a megabyte long, and not much longer than the limit', async () => {
      const long = (length: number): unknown =>
        buildEvent({ object: { id: testId('in'), object: 'invoice', note: '€'.repeat(length) } });
      const event = long(300_000) as { id: string };

      expect((await ledger.deliver(event)).status).toBe(200);
      expect((await waitForEvent(ledger.app, event.id, 'succeeded')).message).toEqual(event);
      const answer = await ledger.deliver(long(700_000));
      expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
        413,
        'STRIPE_EVENTS_BODY_TOO_LARGE',
      ]);
    });

    it('keeps what JSON columns refuse or change', async () => {
      const odd = '{"a":"\\u0000","b":"\\ud83d","c":9007199254740993,"d":1e400,"e":"💶","a":1}';
      const id = testId('evt');
      const body = `{"id":"${id}","type":"invoice.paid","object":"event","created":1,"data":{"object":${odd}}}`;

      expect((await ledger.deliver(body)).status).toBe(200);
      expect((await waitForEvent(ledger.app, id, 'succeeded')).rawMessage).toBe(body);
    });
  });
});
