import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { CustomerEntity } from '../../src/customers';
import { databases } from '../support/databases';
import { openLedgerTables, type LedgerTables } from './ledger-tables';

describe.each(databases)('a transaction lent to a handler, on $name', (kind) => {
  let tables: LedgerTables;

  beforeAll(async () => {
    tables = await openLedgerTables(kind);
  });
  afterAll(() => tables.close());

  const stored = (id: string): Promise<boolean> =>
    tables.database.dataSource.getRepository(CustomerEntity).existsBy({ id });
  const write = (manager: EntityManager, id: string): Promise<unknown> =>
    manager.insert(CustomerEntity, { id, endpoint: 'default', stripeId: `cus_${id}`, livemode: true, placeholder: false }); // prettier-ignore
  /** Lends a transaction, and takes it back by failing. */
  async function givenUp(work: (manager: EntityManager) => Promise<unknown>): Promise<EntityManager> {
    let lent: EntityManager | undefined;
    const transaction = tables.database.transaction(async ({ manager }) => {
      lent = manager;
      await work(manager);
      throw new Error('The handler took too long.');
    });
    await expect(transaction).rejects.toThrow('took too long');
    return lent!;
  }

  it('takes no more statements once it was undone', async () => {
    const manager = await givenUp((open) => write(open, 'undone'));

    await expect(write(manager, 'too late')).rejects.toThrow(/released/);

    expect([await stored('undone'), await stored('too late')]).toEqual([false, false]);
  });

  it('takes no more statements once it was committed, and lets none into the next one', async () => {
    const first = await tables.database.transaction(({ manager }) => Promise.resolve(manager));

    await tables.database.transaction(async ({ manager }) => {
      await expect(write(first, 'stray')).rejects.toThrow(/released/);
      await write(manager, 'next');
    });

    expect([await stored('stray'), await stored('next')]).toEqual([false, true]);
  });

  it('takes no statement between the end of the work and its undoing', async () => {
    let late: Promise<unknown> = Promise.resolve();
    await givenUp(async (open) => {
      await write(open, 'work');
      // As a handler does that cleans up when it is stopped: a little later, in the middle of the rollback.
      late = new Promise((resolve) => setImmediate(resolve)).then(() => write(open, 'cleaning up'));
      late.catch(() => undefined);
    });
    await expect(late).rejects.toThrow(/released/);

    expect([await stored('work'), await stored('cleaning up')]).toEqual([false, false]);
  });

  it('is undone as a whole while a nested one is open', async () => {
    await givenUp(async (open) => {
      await write(open, 'outer');
      await new Promise<void>((opened) => {
        void open.transaction(async (nested) => {
          await write(nested, 'inner');
          opened();
          // A handler that never comes back.
          await new Promise(() => undefined);
        });
      });
    });

    // Whatever connection these get, none of them has been left within a transaction.
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        tables.database.transaction(({ manager }) => write(manager, `after ${index}`)),
      ),
    );
    expect([await stored('outer'), await stored('inner'), await stored('after 11')]).toEqual([false, false, true]);
  });
});
