import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { EventEntity, OnStripeEvent, STRIPE_ENTITIES } from 'nestjs-stripe-events';
import { waitForEvent } from 'nestjs-stripe-events/testing';
import { DataSource } from 'typeorm';
import { describeConformance, readConformance } from '../support/conformance';
import { startWebhookApp, type WebhookApp } from '../support/webhook-app';
import { allTargets } from './targets';

interface UnusualPayload {
  readonly name: string;
  readonly bodyBase64: string;
}

const NO_ID = 'The event has no id of 1 to 255 characters, none of them a control character.';
const NO_JSON = 'The body is not JSON.';

/** Why those are dead that are no events. */
const UNUSABLE: Readonly<Record<string, string>> = {
  'id missing': NO_ID,
  'id not a string': NO_ID,
  'id empty': NO_ID,
  'empty object': NO_ID,
  truncated: NO_JSON,
  'whitespace only': NO_JSON,
  'form encoded': NO_JSON,
};

/** What is kept of those that are events, where it is not what {@link USUAL} says. */
const KEPT: Readonly<Record<string, Partial<EventEntity>>> = {
  'request is a bare string': { apiVersion: '2017-04-06', requestId: 'req_8f2kVQ0bC' },
  'request missing': {},
  'request without idempotency_key': { requestId: 'req_1', idempotencyKey: null },
  'api_version preview': { apiVersion: '2026-08-26.preview' },
  'same id, other type': {
    kind: 'customer.updated',
    stripeId: expect.stringMatching(/^evt_00000000000000:.{26}$/) as never,
  },
  'same id, other api_version': { apiVersion: '2020-08-27' },
  'Connect event': { account: 'acct_1Connected' },
  'created as string': { createdAt: new Date(1518896523000) },
  'created fractional': { createdAt: new Date(1785312000500) },
  'created beyond 2038': { createdAt: new Date(4102444800000) },
  'livemode missing': {},
  'extra top-level keys': {},
  'data.object missing': { objectId: null, objectType: null, stripeCustomerId: null },
  'object without id': { kind: 'invoice.upcoming', objectId: null, objectType: 'invoice' },
  'unknown type and object': { kind: 'foo.created', objectId: null, objectType: 'foo', stripeCustomerId: null },
  'previous_attributes null': {},
  'numbers above 2^53': {},
  'emoji and right-to-left text': {},
  '__proto__ key': { stripeId: 'evt_1PROTO', apiVersion: null, createdAt: new Date(1000), pendingWebhooks: 0 },
  'duplicate keys': { stripeId: 'evt_B', apiVersion: null, createdAt: null, pendingWebhooks: 0 },
  'type of 300 characters': { kind: 'unknown' },
  'type with SQL-like text': { kind: "x'; drop table events; --" },
  'type not a string': { kind: 'unknown' },
  'type missing': { kind: 'unknown' },
  'nested 3000 deep': { stripeId: 'evt_1', apiVersion: null, createdAt: null, pendingWebhooks: 0 },
  'thin notification': { stripeId: 'evt_test_65R', kind: 'v1.customer.created', ...thin('2026-07-29T08:00:00.123Z') },
  'thin notification, type with brackets': {
    ...{
      stripeId: 'evt_test_68R',
      kind: 'v2.core.account[configuration.customer].updated',
      ...thin('2026-07-29T08:00:00Z'),
    },
    ...{ objectId: 'acct_1Cust', objectType: 'v2.core.account', stripeCustomerId: null, customerAccount: 'acct_1Cust' },
  },
  'thin notification, hostile url': {
    ...{ stripeId: 'evt_test_69R/../../x?y=1', kind: 'v1.customer.created', ...thin('2026-07-29T08:00:00Z') },
  },
  'fetched thin event with data': {
    ...{ stripeId: 'evt_test_65RCjj4EqW1s', kind: 'v1.invoice.upcoming', ...thin('2026-10-28T08:00:00Z') },
    ...{ objectId: null, objectType: null },
  },
};

const USUAL: Partial<EventEntity> = {
  ...{ stripeId: 'evt_1U0000000000000000000001', kind: 'customer.created', apiVersion: '2026-07-29.dahlia' },
  ...{ livemode: false, account: null, context: null, requestId: null, idempotencyKey: null, pendingWebhooks: 1 },
  ...{ createdAt: new Date(1785312000000), objectId: 'cus_U1', objectType: 'customer', stripeCustomerId: 'cus_U1' },
  ...{ customerAccount: null, source: 'webhook', attempts: 1 },
};

function thin(created: string): Partial<EventEntity> {
  return { apiVersion: null, pendingWebhooks: 0, createdAt: new Date(created) };
}

const handled: unknown[] = [];

@Injectable()
class Everything {
  @OnStripeEvent('*')
  onAny(event: unknown): void {
    handled.push(event);
  }
}

describeConformance('unusual payloads, delivered', ['unusual-payloads.json'], () => {
  const { payloads } = readConformance('unusual-payloads.json') as { payloads: readonly UnusualPayload[] };

  describe.each(allTargets)('to $name', ({ database, platform }) => {
    let webhook: WebhookApp;

    beforeAll(async () => {
      webhook = await startWebhookApp({
        ...{ database, platform: platform.name, providers: [Everything] },
        stripe: { processing: { sweepMs: 20 } },
      });
    });
    afterAll(() => webhook.close());
    // Most of them have one id.
    afterEach(async () => {
      handled.length = 0;
      for (const entity of STRIPE_ENTITIES) {
        await webhook.app.get(DataSource).getRepository(entity).deleteAll();
      }
    });

    it.each(payloads.map((one) => [one.name, one] as const))('%s', async (name, { bodyBase64 }) => {
      const bytes = Buffer.from(bodyBase64, 'base64');
      const answers = [await webhook.deliver(bytes), await webhook.deliver(bytes)];

      const repeats = name !== 'same id, other type';
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual([
        { received: true, duplicate: false },
        { received: true, duplicate: repeats },
      ]);
      const { data } = await webhook.events.list();
      expect(data).toHaveLength(repeats ? 1 : 2);
      const kept = await (name in UNUSABLE ? expectDead(data[0]!, bytes) : expectHandled(data[0]!, bytes));
      expect(kept).toMatchObject(name in UNUSABLE ? { lastError: UNUSABLE[name] } : { ...USUAL, ...KEPT[name]! });
      expect(Object.keys(Object.prototype)).toEqual([]);
    });

    async function expectDead({ stripeId }: EventEntity, bytes: Buffer): Promise<EventEntity> {
      expect(stripeId).toBe(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
      const event = await waitForEvent(webhook.app, stripeId, 'dead');
      expect(Buffer.from(event.rawMessage ?? '').equals(bytes)).toBe(true);
      expect(handled).toEqual([]);
      return event;
    }

    async function expectHandled({ stripeId }: EventEntity, bytes: Buffer): Promise<EventEntity> {
      const event = await waitForEvent(webhook.app, stripeId, 'succeeded');
      expect(Buffer.from(event.rawMessage ?? '').equals(bytes)).toBe(true);
      // As text: comparing values of this depth, jest runs out of stack.
      expect(handled.map((one) => JSON.stringify(one))).toContain(JSON.stringify(JSON.parse(bytes.toString('utf8'))));
      return event;
    }
  });
});
