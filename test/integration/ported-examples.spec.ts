import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import {
  AddEvent,
  CustomerQuery,
  InvalidStripeEventError,
  OnStripeEvent,
  StripeEventActionService,
  type CustomerEntity,
  type EventEntity,
  type StripeEventOf,
  type StripeHandlerContext,
} from 'nestjs-stripe-events';
import { waitForEvent } from 'nestjs-stripe-events/testing';
import { databases } from '../support/databases';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';

// The two examples of django-stripe-plus's page on events, in this package's words.

interface Call {
  readonly event: StripeEventOf<'invoice.created'>;
  readonly attempt: number;
  readonly customer: CustomerEntity | null;
}
let calls: Call[] = [];

@Injectable()
class Invoices {
  @OnStripeEvent('invoice.created', { id: 'invoices' })
  onCreated(event: StripeEventOf<'invoice.created'>, { attempt, customer }: StripeHandlerContext): void {
    calls.push({ event, attempt, customer });
  }
}

const INVOICE = { id: 'in_123456789', object: 'invoice', amount_due: 4_900, customer: 'cus_123456789', lines: [] };
const EVENT: AddEvent = {
  stripeId: 'evt_123456789',
  kind: 'invoice.created',
  livemode: true,
  apiVersion: '2022-11-15',
  message: INVOICE,
};

const circle: Record<string, unknown> = {};
circle['circle'] = circle;
const NO_TEXT = [undefined, null, '', 7, true, {}, ['evt_1'], 'a'.repeat(256), 'a\0b', 'a\nb', '\ud83d'];
const NO_OPTIONAL_TEXT = NO_TEXT.filter((value) => value !== undefined && value !== null);

/** What each field cannot be. */
const REFUSED: Record<keyof AddEvent, readonly unknown[]> = {
  stripeId: NO_TEXT,
  kind: NO_TEXT,
  livemode: [undefined, null, 'true', 1, 0, '', {}],
  apiVersion: NO_OPTIONAL_TEXT,
  message: [undefined, null, '', '{}', 7, [], [INVOICE], circle, { amount: 1n }, { toJSON: () => undefined }],
  request: ['', 7, true, [], { id: 7 }, { id: '' }, { idempotency_key: 'a\0' }, 'a'.repeat(256)],
  pendingWebhooks: [-1, 1.5, NaN, Infinity, '1', 2 ** 31, {}, true],
  account: NO_OPTIONAL_TEXT,
  endpoint: [...NO_OPTIONAL_TEXT, 'another'],
};
const REFUSALS = Object.entries(REFUSED).flatMap(([field, values]) =>
  values.map((value) => ({ field, value, shown: inspect(value).slice(0, 40) })),
);

describe.each(databases)('the examples of the page this project ports, in $name', (database) => {
  let ledger: LedgerApp;
  let events: StripeEventActionService;
  let customers: CustomerQuery;

  beforeAll(async () => {
    const processing = { sweepMs: 20 };
    ledger = await startLedgerApp({
      database,
      platform: platforms[0]!,
      providers: [Invoices],
      stripe: { processing },
    });
    events = ledger.app.get(StripeEventActionService);
    customers = ledger.app.get(CustomerQuery);
  });
  afterAll(() => ledger.close());
  afterEach(async () => {
    for (const table of ['stripe_event', 'stripe_event_payload', 'stripe_event_handler_run', 'stripe_customer']) {
      await ledger.dataSource.query(`DELETE FROM ${table}`);
    }
    calls = [];
  });

  async function count(table: string): Promise<number> {
    const [row] = await ledger.dataSource.query<{ rows: unknown }[]>(`SELECT COUNT(*) AS "rows" FROM ${table}`);
    return Number(row?.rows);
  }

  /** Adds an event and waits until nothing works on it any more. */
  async function added(event: Partial<AddEvent>, status: EventEntity['status'] = 'succeeded'): Promise<EventEntity> {
    const { event: stored } = await events.add({ ...EVENT, ...event });
    return waitForEvent(ledger.app, stored.stripeId, status);
  }

  describe('add', () => {
    it('stores the event and has it handled, as a whole event', async () => {
      const { event, isNew } = await events.add(EVENT);

      expect(isNew).toBe(true);
      expect(event).toMatchObject({
        ...{ stripeId: 'evt_123456789', kind: 'invoice.created', livemode: true, apiVersion: '2022-11-15' },
        // Nobody said when Stripe made it.
        createdAt: null,
        ...{ objectId: 'in_123456789', objectType: 'invoice', stripeCustomerId: 'cus_123456789' },
        ...{ source: 'manual', message: INVOICE, request: null, pendingWebhooks: 0 },
      });
      await waitForEvent(ledger.app, event.stripeId, 'succeeded');
      expect(calls).toHaveLength(1);
      expect(calls[0]).toMatchObject({
        attempt: 1,
        customer: { stripeId: 'cus_123456789', placeholder: true, livemode: true },
        event: {
          ...{ id: 'evt_123456789', object: 'event', type: 'invoice.created', livemode: true },
          ...{ api_version: '2022-11-15', data: { object: INVOICE } },
        },
      });
    });

    it('changes nothing when the event is there already', async () => {
      await added({});

      const again = await events.add({ ...EVENT, kind: 'invoice.voided', message: { id: 'in_other' } });

      expect(again.isNew).toBe(false);
      expect(again.event).toMatchObject({ kind: 'invoice.created', status: 'succeeded', message: INVOICE });
      expect([await count('stripe_event'), calls.length]).toEqual([1, 1]);
    });

    it.each([
      ['the data of an event', { object: INVOICE, previous_attributes: { amount_due: 1 } }],
      ['a whole event', { id: 'evt_other', object: 'event', type: 'invoice.created', data: { object: INVOICE } }],
    ])('takes %s for a message as well', async (_form, message) => {
      const event = await added({ message });

      expect(event).toMatchObject({ stripeId: 'evt_123456789', objectId: 'in_123456789', message });
      expect(calls.map((call) => call.event.data.object)).toEqual([INVOICE]);
    });

    it.each([
      ['a bare object', INVOICE],
      ['a whole event', { id: 'evt_1', object: 'event', account: 'acct_other', data: { object: INVOICE } }],
    ])('keeps what is said of the request, the deliveries and the account beside %s', async (_form, message) => {
      const request = { id: 'req_1', idempotency_key: 'key-1' };
      const event = await added({ message, request, pendingWebhooks: 2, account: 'acct_1' });

      expect(event).toMatchObject({ request, pendingWebhooks: 2, account: 'acct_1' });
    });

    it.each(REFUSALS)('refuses $shown as $field, and stores nothing', async ({ field, value }) => {
      const refused = await events.add({ ...EVENT, [field]: value }).then(
        () => null,
        (error: unknown) => error,
      );

      expect(refused).toBeInstanceOf(InvalidStripeEventError);
      expect(refused).toMatchObject({ field, code: 'STRIPE_EVENTS_INVALID_EVENT', httpStatus: 400 });
      expect((refused as InvalidStripeEventError).problems.join()).toMatch(new RegExp(`^${field}`));
      expect([await count('stripe_event'), await count('stripe_event_payload')]).toEqual([0, 0]);
    });

    it('refuses a field it does not know, and never repeats a value', async () => {
      const refused = events.add({ ...EVENT, stripeId: 'canary'.repeat(50), metadata: 'canary' } as AddEvent);

      await expect(refused).rejects.toMatchObject({ field: expect.stringMatching(/^(stripeId|metadata)$/) });
      await expect(refused).rejects.not.toThrow('canary');
      expect(await count('stripe_event')).toBe(0);
    });
  });

  describe('linkCustomer', () => {
    async function found(stripeId: string): Promise<EventEntity> {
      const event = await events.find(stripeId);
      return event!;
    }

    it('links a found event to a found customer', async () => {
      await added({});
      await added({ stripeId: 'evt_2', message: { ...INVOICE, customer: 'cus_2' } });
      const event = await found('evt_123456789');
      const customer = (await customers.find('cus_2'))!;

      const linked = await events.linkCustomer(event, customer);

      expect(linked).toBe(event);
      expect(linked).toMatchObject({ stripeCustomerId: 'cus_2', customer });
      expect((await found('evt_123456789')).stripeCustomerId).toBe('cus_2');
      const { data } = await events.list({ customer: 'cus_2' });
      expect(data.map(({ stripeId }) => stripeId).sort()).toEqual(['evt_123456789', 'evt_2']);
    });

    it('without a customer, finds the one the event names, or makes a placeholder of it', async () => {
      await added({});
      await ledger.dataSource.query('DELETE FROM stripe_customer');
      const event = await found('evt_123456789');

      const linked = await events.linkCustomer(event);

      expect(linked.customer).toMatchObject({ stripeId: 'cus_123456789', placeholder: true, livemode: true });
      expect((await events.linkCustomer(await found('evt_123456789'))).customer?.id).toBe(linked.customer?.id);
      expect(await count('stripe_customer')).toBe(1);
    });

    it('without a customer, returns an event unchanged that names none', async () => {
      await added({ kind: 'balance.available', message: { object: 'balance', available: [] } }, 'ignored');
      const event = await found('evt_123456789');
      const before = { ...event };

      expect(await events.linkCustomer(event)).toBe(event);

      expect({ ...event }).toEqual(before);
      expect(await found('evt_123456789')).toEqual(event);
      expect(await count('stripe_customer')).toBe(0);
    });
  });
});
