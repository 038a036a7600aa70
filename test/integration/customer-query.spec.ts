import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CustomerEntity, CustomerQuery, type CustomerListFilter } from '../../src/customers';
import { databases } from '../support/databases';
import { openLedgerTables, type LedgerTables } from './ledger-tables';

describe.each(databases)('CustomerQuery on $name', (kind) => {
  let tables: LedgerTables;
  let query: CustomerQuery;

  beforeAll(async () => {
    tables = await openLedgerTables(kind);
    query = new CustomerQuery(tables.database);
    await tables.customers([
      { stripeId: 'cus_a', email: 'Ada@example.com', name: 'Ada Lovelace', ownerId: 'user-1', balance: -250 },
      { stripeId: 'cus_b', email: 'ada@example.com', name: '100% Wool_Shop', livemode: false },
      { stripeId: 'cus_c', deletedAt: new Date(0), metadata: { note: '<b>' }, preferredLocales: ['de'] },
      { stripeId: 'cus_d', placeholder: true },
    ]);
  });
  afterAll(() => tables.close());

  async function found(filter: CustomerListFilter): Promise<string[]> {
    return (await query.list(filter)).data.map(({ stripeId }) => stripeId);
  }

  it.each<[string, CustomerListFilter, string[]]>([
    ['everybody, the latest known first', {}, ['cus_d', 'cus_c', 'cus_b', 'cus_a']],
    ['an e-mail address', { email: 'ada@example.com' }, ['cus_b']],
    ['an owner', { owner: 'user-1' }, ['cus_a']],
    ['a mode', { livemode: false }, ['cus_b']],
    ['the deleted', { deleted: true }, ['cus_c']],
    ['the others', { deleted: false }, ['cus_d', 'cus_b', 'cus_a']],
    ['a search for an id', { q: 'cus_a' }, ['cus_a']],
    ['a search for an e-mail address in any case', { q: 'ADA@' }, ['cus_b', 'cus_a']],
    ['a search for a name in any case', { q: 'ada l' }, ['cus_a']],
    ['a search for a wildcard', { q: '100% wool_' }, ['cus_b']],
    ['a search that is a wildcard', { q: '%' }, []],
    ['a hostile search', { q: `' OR 1=1 --` }, []],
    ['a search that no column can hold', { q: '\0' }, []],
    ['another domain', { endpoint: 'other' }, []],
  ])('lists %s', async (_name, filter, expected) => {
    expect(await found(filter)).toEqual(expected);
  });

  it('pages through everybody once', async () => {
    const first = await query.list({ limit: 3 });
    const second = await query.list({ limit: 3, cursor: first.nextCursor! });
    expect([...first.data, ...second.data].map(({ stripeId }) => stripeId)).toEqual([
      'cus_d',
      'cus_c',
      'cus_b',
      'cus_a',
    ]);
    expect(second.nextCursor).toBeNull();
  });

  it('finds one, with its values as they were stored', async () => {
    expect(await query.find('cus_a')).toBeInstanceOf(CustomerEntity);
    expect(await query.find('cus_a')).toMatchObject({ balance: -250, livemode: true, deletedAt: null, metadata: null });
    expect(await query.find('cus_c')).toMatchObject({ metadata: { note: '<b>' }, preferredLocales: ['de'] });
    expect(await query.find('CUS_A')).toBeNull();
    expect(await query.find('cus_a', 'other')).toBeNull();
  });
});
