import { describe, expect, it } from '@jest/globals';
import { isSameInOtherVersion, isSameJson } from './same-json';

describe('isSameJson', () => {
  it.each([
    ['keys in another order', { a: 1, b: { c: [1, null], d: '' } }, { b: { d: '', c: [1, null] }, a: 1 }],
    ['nothing', {}, {}],
    ['null', null, null],
    ['a key that objects have anyway', { constructor: 1 }, { constructor: 1 }],
  ])('finds the same: %s', (_what, a, b) => {
    expect(isSameJson(a, b)).toBe(true);
  });

  it.each([
    ['a value', { a: 1 }, { a: 2 }],
    ['its type', { a: 1 }, { a: '1' }],
    ['a key that is missing', { a: 1, b: null }, { a: 1 }],
    ['a key that is more', { a: 1 }, { a: 1, b: null }],
    ['a key that is another', { a: 1, b: null }, { a: 1, c: null }],
    ['a key that objects have anyway', { a: undefined }, { toString: 1 }],
    ['the order of a list', [1, 2], [2, 1]],
    ['the length of a list', [1, 2], [1, 2, 3]],
    ['a list for an object', [], {}],
    ['null for an object', null, {}],
  ])('tells apart by %s', (_what, a, b) => {
    expect(isSameJson(a, b)).toBe(false);
    expect(isSameJson(b, a)).toBe(false);
  });
});

describe('isSameInOtherVersion', () => {
  it.each([
    ['fields that are new, or gone', { amount: 5, billing: 'x' }, { amount: 5, collection_method: 'x' }],
    ['a word that is another', { status: 'active' }, { status: 'trialing' }],
    ['a word with underscores', { status: 'requires_payment_method' }, { status: 'requires_source_action' }],
    ['a number that is written as a text', { tax: '5.0' }, { tax: 5 }],
    ['a reference that is expanded', { customer: 'cus_1A' }, { customer: { id: 'cus_1A', object: 'customer' } }],
    ['a list that is longer', { lines: [{ amount: 5 }] }, { lines: [{ amount: 6 }, { amount: 7 }] }],
    ['null where there is a value', { discount: null }, { discount: { id: 'di_1' } }],
  ])('takes as the same: %s', (_what, a, b) => {
    expect(isSameInOtherVersion(a, b)).toBe(true);
    expect(isSameInOtherVersion(b, a)).toBe(true);
  });

  it.each([
    ['an amount', { object: { amount_paid: 5 } }, { object: { amount_paid: 6 } }],
    ['an amount in a list', { lines: { data: [{ amount: 5 }] } }, { lines: { data: [{ amount: 6 }] } }],
    ['a flag', { paid: true }, { paid: false }],
    ['a currency', { currency: 'usd' }, { currency: 'jpy' }],
    ['an id, whatever its form', { id: 'gold' }, { id: 'silver' }],
    ['a customer', { customer: 'cus_1A' }, { customer: 'cus_1B' }],
    ['a customer that is expanded', { customer: { id: 'cus_1A' } }, { customer: 'cus_1B' }],
  ])('finds what no version changes: %s', (_what, a, b) => {
    expect(isSameInOtherVersion(a, b)).toBe(false);
    expect(isSameInOtherVersion(b, a)).toBe(false);
  });
});
