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

  /** How the database does what a query asks it for. */
  async function planFor(ask: (query: EventQuery) => Promise<unknown>): Promise<string> {
    const { database, statements } = recording(tables.database);
    await ask(new EventQuery(database, ['eu', 'us', 'default']));
    expect(statements).toHaveLength(1);
    return planOf(tables.database, statements[0]!);
  }

  it('finds a connected account’s by its index', async () => {
    expect(await planFor((query) => query.list({ account: 'obj_4' }))).toContain('idx_stripe_event_account');
    expect(await planFor((query) => query.list({ account: 'obj_4', endpoint: 'eu' }))).toContain(
      'idx_stripe_event_account',
    );
  });

  it('finds one by its id with all accounts in the index that keeps it unique', async () => {
    expect(await planFor((query) => query.find('evt_1'))).toContain('idx_stripe_event_identity');
  });
});
