import { describe, expect, it } from '@jest/globals';
import { CUSTOMER_COLUMNS, customerFromRow } from './customer-row';
import { CustomerEntity } from './customer.entity';

const NOTHING = Object.fromEntries(CUSTOMER_COLUMNS.map((column) => [column, null]));

describe('customerFromRow', () => {
  it('reads what any of the drivers returns', () => {
    const customer = customerFromRow({
      ...NOTHING,
      stripe_id: 'cus_1',
      livemode: 1,
      placeholder: 0,
      delinquent: true,
      balance: '-9007199254740991',
      metadata: '{"a":"b"}',
      preferred_locales: '["de"]',
      created_at: '1700000000000',
      deleted_at: 1700000000001,
    });
    expect(customer).toBeInstanceOf(CustomerEntity);
    expect(customer).toMatchObject({
      stripeId: 'cus_1',
      livemode: true,
      placeholder: false,
      delinquent: true,
      balance: -9007199254740991,
      metadata: { a: 'b' },
      preferredLocales: ['de'],
      createdAt: new Date(1700000000000),
      deletedAt: new Date(1700000000001),
    });
  });

  it('has null for what is not there', () => {
    expect(customerFromRow(NOTHING)).toMatchObject({ email: null, balance: null, delinquent: null, data: null });
  });
});
