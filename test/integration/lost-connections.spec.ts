import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { statement, unitOfWork, type UnitOfWork } from '../../src/database';
import { MysqlDriver } from '../../src/database/mysql.driver';
import { PostgresDriver } from '../../src/database/postgres.driver';
import { ServerConnection } from '../../src/database/server-connection';
import { behindProxy, withOptions, type ProxiedDatabase } from '../support/database-variants';
import { databases } from '../support/databases';
import { waitUntil } from '../support/wait-until';
import { EventEntity } from '../../src/events';
import { openLedgerTables, type LedgerTables } from './ledger-tables';

const servers = databases.filter(({ family }) => family !== 'sqlite');
const SHORT_MS = 100;
const LONG_MS = 15_000;
/** More than a pool has connections. */
const MANY = 12;
const ONE = statement('SELECT 1 AS one');
const ONE_IN_TRANSACTION: UnitOfWork<unknown> = unitOfWork(() => ONE.steps());

const LOCKING = {
  postgres: {
    lock: (table: string) => ['BEGIN', `LOCK TABLE ${table}`],
    unlock: 'ROLLBACK',
    waiting: `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'DELETE%' AND state = 'active'`,
  },
  mysql: {
    lock: (table: string) => [`LOCK TABLES ${table} WRITE`],
    unlock: 'UNLOCK TABLES',
    waiting: `SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE 'DELETE%'`,
  },
};

describe.each(servers)('connections to $name', (database) => {
  let proxied: ProxiedDatabase;
  let ledger: LedgerTables;
  let connection: ServerConnection;

  beforeEach(async () => {
    // mysql2 takes ten seconds, of its own accord. Left to itself, pg never comes to an end.
    proxied = await behindProxy(
      database.family === 'mysql' ? withOptions(database, { connectTimeout: 500 }) : database,
    );
    ledger = await openLedgerTables(proxied.kind);
    const driver = database.family === 'postgres' ? new PostgresDriver(SHORT_MS) : new MysqlDriver();
    connection = new ServerConnection(ledger.database.dataSource, driver, SHORT_MS);
  });
  afterEach(async () => {
    proxied.proxy.reset();
    await proxied.proxy.pass();
    await waitUntil('it is back', async () => (await faultOf(connection.run(ONE, LONG_MS))) === 'none');
    await ledger.close();
    await proxied.database.drop();
  });

  function faultOf(work: Promise<unknown>): Promise<string> {
    return work.then(
      () => 'none',
      (error: unknown) => ledger.database.dialect.classify(error),
    );
  }

  async function faultsOfMany(work: () => Promise<unknown>): Promise<Set<string>> {
    return new Set(await Promise.all(Array.from({ length: MANY }, () => faultOf(work()))));
  }

  it.each([
    ['a statement', ONE],
    ['a transaction', ONE_IN_TRANSACTION],
  ])('do not keep %s waiting for a server that has fallen silent', async (_name, unit) => {
    proxied.proxy.blackhole();

    expect(await faultsOfMany(() => connection.run(unit, SHORT_MS))).toEqual(new Set(['unavailable']));
  });

  it('come back when the server does, although nothing of theirs was ever answered', async () => {
    proxied.proxy.blackhole();
    await faultsOfMany(() => connection.run(ONE, SHORT_MS));
    await faultsOfMany(() => connection.run(ONE, 2 * SHORT_MS));

    await proxied.proxy.forsake();

    expect(await connection.run(ONE, LONG_MS)).toHaveLength(1);
  });

  it('do not keep the transaction of a handler waiting, at any of its steps', async () => {
    const silent = (): void => proxied.proxy.blackhole();
    const query = (manager: EntityManager): Promise<unknown> => manager.query('SELECT 1');
    const transactions = [
      (): Promise<unknown> => {
        silent();
        return connection.transaction(({ manager }) => query(manager));
      },
      () => connection.transaction(({ manager }) => query(manager).then(silent)),
      () =>
        connection.transaction(({ within }) => {
          silent();
          return within(ONE);
        }),
      () =>
        connection.transaction(({ manager }) =>
          query(manager).then(() => {
            silent();
            throw Object.assign(new Error('the handler failed'), { code: 'ECONNRESET' });
          }),
        ),
    ];

    for (const transaction of transactions) {
      expect(await faultOf(transaction())).toBe('unavailable');
      await proxied.proxy.forsake();
      expect(await connection.run(ONE, LONG_MS)).toHaveLength(1);
    }
  });

  it('leave no statement behind on the server when they are cut off', async () => {
    const table = ledger.database.table(EventEntity);
    const runner = ledger.database.dataSource.createQueryRunner();
    const { lock, unlock, waiting } = LOCKING[database.family as 'postgres' | 'mysql'];
    const waitingNow = async (): Promise<number> => (await ledger.database.query(waiting)).length;
    for (const sql of lock(table)) await runner.query(sql);
    try {
      await Promise.all([
        expect(faultOf(connection.run(statement(`DELETE FROM ${table}`), 5 * SHORT_MS))).resolves.toBe('unavailable'),
        waitUntil('it waits for the lock', async () => (await waitingNow()) === 1),
      ]);

      await waitUntil('the server has ended it', async () => (await waitingNow()) === 0);
    } finally {
      await runner.query(unlock);
      await runner.release();
    }
  });
});
