import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { customerOfEvent } from './customer-of-event';

const NOBODY = { customerId: null, customerAccount: null };

function snapshot(object: unknown, more: Record<string, unknown> = {}, type = 'foo.updated'): unknown {
  return { id: 'evt_1', object: 'event', type, data: { object, ...more } };
}

function thin(related: unknown, more: Record<string, unknown> = {}): unknown {
  return { id: 'evt_1', object: 'v2.core.event', type: 'v1.foo.updated', related_object: related, ...more };
}

describe('customerOfEvent, snapshot events', () => {
  it('takes the id of a customer, and of nothing else', () => {
    expect(customerOfEvent(snapshot({ object: 'customer', id: 'cus_1' }))).toEqual({
      customerId: 'cus_1',
      customerAccount: null,
      rule: 'R1',
    });
    expect(customerOfEvent(snapshot({ object: 'application', id: 'cus_1' }))).toEqual(NOBODY);
  });

  it('takes an object without a name for a customer only when the type says so', () => {
    expect(customerOfEvent(snapshot({ id: 'cus_1' }, {}, 'customer.deleted')).rule).toBe('R1');
    expect(customerOfEvent(snapshot({ id: 'cus_1' }, {}, 'customer.source.deleted'))).toEqual(NOBODY);
    expect(customerOfEvent(snapshot({ id: 'sub_1', object: 'subscription' }, {}, 'customer.updated'))).toEqual(NOBODY);
  });

  it('prefers the customer of now to that of before', () => {
    const previous = { previous_attributes: { customer: 'cus_before' } };

    expect(customerOfEvent(snapshot({ customer: 'cus_now' }, previous))).toMatchObject({
      customerId: 'cus_now',
      rule: 'R2',
    });
    expect(customerOfEvent(snapshot({ customer: null }, previous))).toMatchObject({
      customerId: 'cus_before',
      rule: 'R4',
    });
    expect(customerOfEvent(snapshot(null, previous))).toMatchObject({ customerId: 'cus_before', rule: 'R4' });
  });

  it('looks further where a place is there but holds no id', () => {
    const charge = { object: 'charge', customer: {}, source: { customer: 7 }, card: { customer: { id: 'cus_card' } } };

    expect(customerOfEvent(snapshot(charge))).toEqual({ customerId: 'cus_card', customerAccount: null, rule: 'R3' });
  });

  it('looks into an object by its own name only', () => {
    expect(customerOfEvent(snapshot({ object: 'topup', source: { customer: 'cus_1' } }))).toEqual(NOBODY);
    expect(customerOfEvent(snapshot({ object: '__proto__', source: { customer: 'cus_1' } }))).toEqual(NOBODY);
  });

  it('needs no prefix', () => {
    expect(customerOfEvent(snapshot({ customer: 'legacy id 7' })).customerId).toBe('legacy id 7');
  });

  it('moves an account where a customer is expected', () => {
    const asAccount = { customerId: null, customerAccount: 'acct_1' };

    expect(customerOfEvent(snapshot({ customer: 'acct_1' }))).toEqual({ ...asAccount, rule: 'R2' });
    expect(customerOfEvent(snapshot({ object: 'customer', id: 'acct_1' }))).toEqual({ ...asAccount, rule: 'R1' });
    expect(customerOfEvent(snapshot({ customer: 'acct_1', customer_account: 'acct_2' })).customerAccount).toBe(
      'acct_2',
    );
  });

  it.each([['a\0b'], ['\ud83d'], ['c'.repeat(256)], [''], [{ id: 'a\0b' }], [[{ id: 'cus_1' }]]])(
    'takes nothing that no column can hold: %j',
    (customer) => {
      expect(customerOfEvent(snapshot({ customer, customer_account: customer }))).toEqual(NOBODY);
    },
  );
});

describe('customerOfEvent, thin events', () => {
  it('takes the related customer by its id, not by what a hostile URL says', () => {
    const related = { id: 'cus_1', type: 'customer', url: '@evil.example/v1/customers/cus_2' };

    expect(customerOfEvent(thin(related))).toEqual({ customerId: 'cus_1', customerAccount: null, rule: 'T1' });
    expect(customerOfEvent(thin({ ...related, type: 'discount' }))).toEqual(NOBODY);
  });

  it.each(['/v1/customers/cus_1', '/v1/customers/cus_1/discount', '/v1/customers/cus_1?a=b', '/v1/customers/cus_1#a'])(
    'takes the customer whose sub-resource %s is',
    (url) => {
      expect(customerOfEvent(thin({ type: 'discount', url }))).toMatchObject({ customerId: 'cus_1', rule: 'T2' });
    },
  );

  it.each(['/v1/customers/', '/v1/customers//x', '/v1/customers', '/v2/v1/customers/cus_1', '/v1/customers/%s\0'])(
    'finds no customer in %j',
    (url) => {
      expect(customerOfEvent(thin({ type: 'discount', url }))).toEqual(NOBODY);
    },
  );

  it('moves an account whose URL is a customer’s', () => {
    const related = { type: 'cash_balance', url: '/v1/customers/acct_1/cash_balance' };

    expect(customerOfEvent(thin(related))).toEqual({ customerId: null, customerAccount: 'acct_1', rule: 'T2' });
  });

  it('takes the customer of a fetched event’s data', () => {
    expect(customerOfEvent(thin(null, { data: { customer: 'cus_1' } }))).toMatchObject({
      customerId: 'cus_1',
      rule: 'T3',
    });
  });

  it('knows an account in its role as a customer by the type of the event', () => {
    const related = { id: 'acct_1', type: 'v2.core.account', url: '/v2/core/accounts/acct_1' };
    const type = 'v2.core.account[configuration.customer].updated';

    expect(customerOfEvent(thin(related, { type }))).toEqual({
      customerId: null,
      customerAccount: 'acct_1',
      rule: 'T4',
    });
    expect(customerOfEvent(thin(related, { type: 'v2.core.account[configuration.merchant].updated' }))).toEqual(NOBODY);
    expect(customerOfEvent(thin({ ...related, id: 'any_1' }, { type })).customerAccount).toBe('any_1');
  });

  it('knows a thin event without "object" by its related object', () => {
    const event = { id: 'evt_1', type: 'v1.customer.created', related_object: { id: 'cus_1', type: 'customer' } };

    expect(customerOfEvent(event).rule).toBe('T1');
  });
});

describe('customerOfEvent, anything', () => {
  it('never throws, and leaves no trace in the prototype of objects', () => {
    const key = fc.constantFrom(
      '__proto__',
      'constructor',
      'data',
      'object',
      'customer',
      'id',
      'related_object',
      'type',
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom('charge', 'customer', 'v2.core.event', null),
        fc.jsonValue(),
        tie('object'),
      ),
      object: fc.dictionary(key, tie('tree')),
    }));
    const before = Object.getOwnPropertyNames(Object.prototype);
    fc.assert(
      fc.property(tree, (value) => {
        const event: unknown = JSON.parse(JSON.stringify(value));
        const { customerId, customerAccount } = customerOfEvent(event);
        expect(customerId === null || typeof customerId === 'string').toBe(true);
        expect(customerAccount === null || typeof customerAccount === 'string').toBe(true);
      }),
      { numRuns: 1000 },
    );
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
  });

  it('does not walk deep payloads', () => {
    const deep: unknown = JSON.parse(
      `{"data":{"object":{"x":${'['.repeat(100_000)}${']'.repeat(100_000)},"customer":"cus_1"}}}`,
    );

    expect(customerOfEvent(deep).customerId).toBe('cus_1');
  });

  it.each([null, undefined, 5, 'text', true, [], () => 1])('finds nobody in %p', (value) => {
    expect(customerOfEvent(value)).toEqual(NOBODY);
  });
});
