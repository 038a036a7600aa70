import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { databases } from '../support/databases';
import { openLedgerTables, type LedgerTables } from './ledger-tables';

interface Client {
  listenerCount(event: 'error'): number;
  emit(event: 'error', error: Error): boolean;
}

interface Pool {
  connect(callback: (error: Error | undefined, client: Client, release: (destroy: boolean) => void) => void): void;
}

const servers = databases.filter(({ family }) => family === 'postgres');

describe.each(servers)('a client that the pool of $name hands out', (database) => {
  let ledger: LedgerTables;
  beforeEach(async () => {
    ledger = await openLedgerTables(database);
  });
  afterEach(() => ledger.close());

  /** Takes a client and, before anybody else can have added a listener, lets its connection break. */
  function breaksAtOnce(pool: Pool): Promise<boolean> {
    return new Promise((resolve, reject) => {
      pool.connect((error, client, release) => {
        if (error !== undefined) {
          reject(error);
          return;
        }
        // An emitter without a listener throws.
        resolve(client.listenerCount('error') > 0 && client.emit('error', new Error('terminating connection')));
        release(true);
      });
    });
  }

  it('can break at any moment without an unhandled error', async () => {
    const { master } = ledger.database.dataSource.driver as unknown as { master: Pool };

    const broken = await Promise.all(Array.from({ length: 4 }, () => breaksAtOnce(master)));

    expect(broken).toEqual([true, true, true, true]);
    expect(await ledger.database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});
