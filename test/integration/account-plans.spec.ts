import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventEntity, EventQuery } from '../../src/events';
import { databases } from '../support/databases';
import { manyEvents } from '../support/many-events';
import { analyze, planOf, recording } from '../support/query-plans';
import { openLedgerTables, type LedgerTables } from './ledger-tables';

const EVENTS = 10_000;

describe.each(databases)('reading the events of accounts, in a ledger of many on $name', (kind) => {
  let tables: LedgerTables;

  beforeAll(async () => {
    tables = await openLedgerTables(kind);
    const { database } = tables;
    const table = database.table(EventEntity);
    await manyEvents(database, EVENTS);
    await database.query(`UPDATE ${table} SET account = object_id, endpoint = ?`, ['eu']);
    await analyze(database, table);
  });
  afterAll(() => tables.close());

  /** How the database does each statement of what a query asks it for. */
  async function plansFor(ask: (query: EventQuery) => Promise<unknown>): Promise<string[]> {
    const { database, statements } = recording(tables.database);
    await ask(new EventQuery(database, ['eu', 'us', 'default']));
    expect(statements.length).toBeGreaterThan(0);
    return Promise.all(statements.map((statement) => planOf(tables.database, statement)));
  }
  const each = (index: string, plans: readonly string[]): unknown[] => plans.map(() => expect.stringContaining(index));

  it('finds a connected account’s by its index', async () => {
    const all = await plansFor((query) => query.list({ account: 'obj_4' }));
    expect(all).toEqual(each('idx_stripe_event_account', all));
    const own = await plansFor((query) => query.list({ account: 'obj_4', endpoint: 'eu' }));
    expect(own).toEqual(each('idx_stripe_event_account', own));
  });

  it('finds one by its id with all accounts in the index that keeps it unique', async () => {
    const plans = await plansFor((query) => query.find('evt_1'));
    expect(plans).toEqual(each('idx_stripe_event_identity', plans));
  });
});
