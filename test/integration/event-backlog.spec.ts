import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventBacklogQuery, EventEntity } from '../../src/events';
import { databases } from '../support/databases';
import { manyEvents } from '../support/many-events';
import { analyze, planOf, recording } from '../support/query-plans';
import { openLedgerTables, type LedgerTables } from './ledger-tables';

const HOUR = 60 * 60_000;

describe.each(databases)('EventBacklogQuery on $name', (kind) => {
  let tables: LedgerTables;

  beforeAll(async () => {
    tables = await openLedgerTables(kind);
  });
  afterAll(() => tables.close());

  it('has an answer where nothing is stored', async () => {
    const nothing = { dueAgeMs: null, due: 0, scheduled: 0, processing: 0, dead: 0 };
    await expect(new EventBacklogQuery(tables.database).look()).resolves.toEqual(nothing);
  });

  it('counts what waits, up to a bound, and how long', async () => {
    const dueAt = new Date(Date.now() - HOUR);
    const pending = (nextAttemptAt: Date) => ({ status: 'pending', kind: 'invoice.paid', nextAttemptAt }) as const;
    await tables.events([
      ...Array.from({ length: 4 }, () => pending(dueAt)),
      ...Array.from({ length: 2 }, () => pending(new Date(Date.now() + HOUR))),
      { status: 'processing', kind: 'invoice.paid' },
      { status: 'dead', kind: 'invoice.paid' },
      { status: 'succeeded', kind: 'invoice.paid' },
    ]);

    const { dueAgeMs, ...counts } = await new EventBacklogQuery(tables.database).look();
    expect(counts).toEqual({ due: 4, scheduled: 2, processing: 1, dead: 1 });
    // Another host's clock is the database's.
    expect(Math.abs((dueAgeMs ?? 0) - HOUR)).toBeLessThan(HOUR / 2);
    await expect(new EventBacklogQuery(tables.database, 3).look()).resolves.toMatchObject({ due: 3, scheduled: 2 });
  });

  it('reads indexes alone, never the table as a whole', async () => {
    await manyEvents(tables.database, 5_000);
    await analyze(tables.database, tables.database.table(EventEntity));
    const { database, statements } = recording(tables.database);
    await new EventBacklogQuery(database).look();

    expect(statements).toHaveLength(1);
    const plan = await planOf(tables.database, statements[0]!);
    expect(plan).toContain('idx_stripe_event_due');
    expect(plan).not.toMatch(/Seq Scan|SCAN stripe_event|stripe_event (ALL|index) /);
  });
});
