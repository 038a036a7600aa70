import { describe, expect, it } from '@jest/globals';
import { InvalidRequestError, InvalidStripeEventError } from '../errors';
import { ServedAccounts } from './served-accounts';

function served(...names: string[]): ServedAccounts {
  return new ServedAccounts(
    names.map((name) => ({ name, livemode: undefined, apiVersion: null, onOtherApiVersion: 'process' })),
  );
}

describe('ServedAccounts', () => {
  it.each([
    [['default'], 'default'],
    [['eu'], 'eu'],
    [['eu', 'default'], 'default'],
    [['eu', 'us'], null],
  ])('of %j take %s for the one that is meant where none is named', (names, standard) => {
    expect(served(...names).standard).toBe(standard);
  });

  it('are searched together with the events of before they had names', () => {
    expect(served('eu', 'us').searched).toEqual(['eu', 'us', 'default']);
    expect(served('default').searched).toEqual(['default']);
  });

  it('take an added event for the account that is named, or for the one that is meant', () => {
    expect(served('eu', 'us').ofAdded('us')).toBe('us');
    expect(served('eu').ofAdded(undefined)).toBe('eu');
    expect(served('default').ofAdded(null)).toBe('default');
  });

  it.each([undefined, null, 'asia', 'default', 'EU', 'constructor'])('refuse an added event of %s', (endpoint) => {
    expect(() => served('eu', 'us').ofAdded(endpoint)).toThrow(InvalidStripeEventError);
    expect(() => served('eu', 'us').ofCustomer(endpoint ?? undefined)).toThrow(InvalidRequestError);
  });
});
