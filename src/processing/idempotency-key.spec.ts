import { describe, expect, it } from '@jest/globals';
import { idempotencyKey } from './idempotency-key';

describe('idempotencyKey', () => {
  it('names the event and the handler', () => {
    expect(idempotencyKey({ endpoint: 'default', stripeId: 'evt_1' }, 'Billing.onPaid')).toBe('evt_1:Billing.onPaid');
  });

  it('names the account as well where accounts have names: one id with two of them is two events', () => {
    expect(idempotencyKey({ endpoint: 'us', stripeId: 'evt_1' }, 'onPaid')).toBe('us:evt_1:onPaid');
  });

  it('is never longer than Stripe takes', () => {
    const keys = ['eu', 'us'].map((endpoint) => idempotencyKey({ endpoint, stripeId: 'e'.repeat(255) }, 'h'));
    expect(keys.map(({ length }) => length)).toEqual([64, 64]);
    expect(keys[0]).not.toBe(keys[1]);
  });
});
