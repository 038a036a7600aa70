import { describe, expect, it } from '@jest/globals';
import { SNAPSHOT_TYPES } from './snapshot-types';
import { THIN_TYPES } from './thin-types';
import { wantedThinTypes, wantedTypes } from './wanted-types';

describe('the types that handlers want', () => {
  it('are their names, each once and in order', () => {
    expect(wantedTypes(['invoice.paid', 'charge.refunded', 'invoice.paid'])).toEqual({
      types: ['charge.refunded', 'invoice.paid'],
      thinTypes: [],
      unknownFamilies: [],
    });
  });

  it('are written out for a family, at every depth below it and nothing beside it', () => {
    const { types } = wantedTypes(['customer.*']);
    expect(types).toContain('customer.created');
    expect(types).toContain('customer.subscription.trial_will_end');
    expect(types).not.toContain('customer_cash_balance_transaction.created');
    expect(wantedTypes(['customer.*', 'customer.updated']).types).toEqual(types);
  });

  it('are everything when one handler wants everything', () => {
    expect(wantedTypes(['invoice.paid', '*', 'charge.*']).types).toEqual(['*']);
  });

  it('may be newer than this package', () => {
    expect(wantedTypes(['invoice.teleported']).types).toEqual(['invoice.teleported']);
  });

  it('are none for thin events and for families that nobody knows, which are told', () => {
    expect(wantedTypes(['v1.customer.created', 'v2.core.*', 'nothing.*'])).toEqual({
      types: [],
      thinTypes: ['v1.customer.created', 'v2.core.*'],
      unknownFamilies: ['nothing.*'],
    });
  });

  it('are known from a list without doubles', () => {
    expect(new Set(SNAPSHOT_TYPES).size).toBe(SNAPSHOT_TYPES.length);
    expect(new Set(THIN_TYPES).size).toBe(THIN_TYPES.length);
  });

  it('are the thin ones alone, written out, of a destination for them', () => {
    expect(wantedThinTypes(['*', 'invoice.paid', 'v1.customer.tax_id.*', 'v3.new.thing', 'v2.nothing.*'])).toEqual({
      types: ['v1.customer.tax_id.created', 'v1.customer.tax_id.deleted', 'v1.customer.tax_id.updated', 'v3.new.thing'],
      thinTypes: [],
      unknownFamilies: ['v2.nothing.*'],
    });
  });
});
