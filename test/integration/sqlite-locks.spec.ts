import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { STRIPE_ENTITIES, STRIPE_MIGRATIONS } from 'nestjs-stripe-events';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { LedgerDatabase } from '../../src/database';
import { EventEntity } from '../../src/events';
import { databases, type TestDatabase } from '../support/databases';

/** SQLite, whose file another process holds at the wrong moment. */
describe('a SQLite file that another process has', () => {
  let file: TestDatabase;
  let application: DataSource;
  let other: Database.Database;
  /** Called with every database that is opened, and every statement that is begun. */
  let onOpen: () => void;
  let onStatement: (sql: string) => void;

  beforeEach(async () => {
    onOpen = () => undefined;
    onStatement = () => undefined;
    file = await databases[0]!.create();
    application = new DataSource({
      ...(file.dataSourceOptions() as DataSourceOptions & { type: 'better-sqlite3' }),
      entities: STRIPE_ENTITIES,
      migrations: STRIPE_MIGRATIONS,
      migrationsRun: true,
      timeout: 20,
      prepareDatabase: () => {
        onOpen();
      },
      verbose: (sql?: unknown) => {
        onStatement(String(sql));
      },
    });
    await application.initialize();
    other = new Database(file.url.slice('sqlite:'.length));
  });
  afterEach(async () => {
    other.close();
    await application.destroy();
    await file.drop();
  });

  it('is opened as soon as the other one has written', async () => {
    let opened = 0;
    other.exec('BEGIN EXCLUSIVE');
    onOpen = () => {
      opened += 1;
      if (opened === 2) {
        other.exec('COMMIT');
      }
    };
    const ledger = await LedgerDatabase.open(application, EventEntity);
    expect(opened).toBe(2);
    await ledger.close();
  });

  it('takes the commit of a transaction as soon as the other one has read', async () => {
    const ledger = await LedgerDatabase.open(application, EventEntity);
    let commits = 0;
    await ledger.transaction(async ({ manager }) => {
      await manager.query('CREATE TABLE effect (name TEXT)');
      other.exec('BEGIN; SELECT * FROM stripe_event');
      onStatement = (sql) => {
        commits += sql === 'COMMIT' ? 1 : 0;
        if (commits === 2 && other.inTransaction) {
          other.exec('COMMIT');
        }
      };
    });
    expect(commits).toBeGreaterThanOrEqual(2);
    expect(other.prepare('SELECT * FROM effect').all()).toEqual([]);
    await ledger.close();
  });

  it('refuses what the application writes beside the transaction of a handler, and takes it afterwards', async () => {
    const ledger = await LedgerDatabase.open(application, EventEntity);
    await application.query('CREATE TABLE effect (name TEXT)');
    await ledger.transaction(async ({ manager }) => {
      await manager.query("INSERT INTO effect VALUES ('of the handler')");
      await expect(application.query("INSERT INTO effect VALUES ('beside it')")).rejects.toThrow('database is locked');
    });
    await application.query("INSERT INTO effect VALUES ('after it')");
    expect(other.prepare('SELECT name FROM effect').all()).toEqual([{ name: 'of the handler' }, { name: 'after it' }]);
    await ledger.close();
  });
});
