import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SchemaMissingError } from 'nestjs-stripe-events';
import { LedgerLifecycle } from '../../src/stripe.lifecycle';
import { databases } from '../support/databases';
import { openLedgerTables, type LedgerTables } from './ledger-tables';

describe.each(databases)('the checks at start, on $name', (kind) => {
  let tables: LedgerTables;

  beforeEach(async () => {
    tables = await openLedgerTables(kind);
  });
  afterEach(() => tables.close());

  /** What a start comes to when this was done to the tables before. */
  async function startAfter(...changes: string[]): Promise<unknown> {
    for (const change of changes) {
      await tables.database.dataSource.query(change);
    }
    return new LedgerLifecycle(tables.database).onModuleInit().then(
      () => 'started',
      (error: unknown) => error,
    );
  }

  it('let the tables of the migrations pass', async () => {
    expect(await startAfter()).toBe('started');
  });

  it('let tables pass that have more columns, of a newer version', async () => {
    expect(await startAfter('ALTER TABLE stripe_event ADD COLUMN of_the_future INT')).toBe('started');
  });

  it.each(['stripe_event', 'stripe_event_payload', 'stripe_event_handler_run', 'stripe_customer'])(
    'miss the table %s',
    async (table) => {
      const error = await startAfter(`DROP TABLE ${table}`);
      expect(error).toBeInstanceOf(SchemaMissingError);
      expect(error).toMatchObject({ columns: [], cause: expect.objectContaining({ message: expect.any(String) }) });
      expect((error as Error).message.replaceAll(/["`]/g, '')).toMatch(
        new RegExp(`^The table ${table} does not exist, or must not be read. Add ...STRIPE_MIGRATIONS .* run them`),
      );
    },
  );

  it('name the columns that tables of an older version lack', async () => {
    const error = await startAfter(
      'ALTER TABLE stripe_event DROP COLUMN lost',
      'ALTER TABLE stripe_event DROP COLUMN held_since',
    );
    expect(error).toBeInstanceOf(SchemaMissingError);
    expect(error).toMatchObject({
      columns: ['lost', 'held_since'],
      cause: expect.objectContaining({ message: expect.any(String) }),
    });
    expect((error as Error).message.replaceAll(/["`]/g, '')).toMatch(
      /^The table stripe_event is one of an older version: it lacks lost, held_since. Add ...STRIPE_MIGRATIONS .* run/,
    );
  });
});
