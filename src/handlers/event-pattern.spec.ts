import { describe, expect, it } from '@jest/globals';
import { isPattern, matchesPattern } from './event-pattern';

describe('matchesPattern', () => {
  it.each([
    ['invoice.paid', 'invoice.paid'],
    ['customer.*', 'customer.created'],
    ['customer.*', 'customer.subscription.updated'],
    ['customer.subscription.*', 'customer.subscription.updated'],
    ['v2.*', 'v2.core.account[configuration.customer].updated'],
    ['*', 'invoice.paid'],
    ['*', 'v1.customer.created'],
    ['*', 'something.stripe.invents'],
    ['*', ''],
  ])('%s is for %s', (pattern, kind) => {
    expect(matchesPattern(pattern, kind)).toBe(true);
  });

  it.each([
    ['invoice.paid', 'invoice.paid_out_of_band'],
    ['invoice.paid', 'Invoice.Paid'],
    ['customer.*', 'customers.x'],
    ['customer.*', 'customer'],
    ['customer.*', 'customer.'],
    ['customer.*', 'v1.customer.created'],
    ['customer.subscription.*', 'customer.created'],
    ['__proto__.*', 'constructor.name'],
  ])('%s is not for %s', (pattern, kind) => {
    expect(matchesPattern(pattern, kind)).toBe(false);
  });
});

describe('isPattern', () => {
  it.each(['*', 'ping', 'invoice.paid', 'customer.*', 'v2.core.account[requirements].updated'])('takes %s', (value) => {
    expect(isPattern(value)).toBe(true);
  });

  it.each([
    '',
    '**',
    '.*',
    '*.created',
    'customer*',
    'customer.*.created',
    'a b',
    ' invoice.paid',
    42,
    null,
    undefined,
  ])('refuses %p', (value) => {
    expect(isPattern(value)).toBe(false);
  });
});
