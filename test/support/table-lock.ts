import Database from 'better-sqlite3';
import { DataSource } from 'typeorm';
import type { TestDataSourceOptions } from './databases';

/** Keeps everybody from writing events, until it is released. */
export interface TableLock {
  release(): Promise<void>;
}

/** Locks the table of events, on SQLite the whole file, through a connection of its own. */
export async function lockEvents(options: TestDataSourceOptions): Promise<TableLock> {
  if (options.type === 'better-sqlite3') {
    return lockFile(options.database);
  }
  const dataSource = await new DataSource({ ...options, poolSize: 1 }).initialize();
  const runner = dataSource.createQueryRunner();
  const [lock, unlock] =
    options.type === 'postgres'
      ? ['BEGIN; LOCK TABLE stripe_event IN SHARE MODE', 'ROLLBACK']
      : ['LOCK TABLES stripe_event READ', 'UNLOCK TABLES'];
  await runner.query(lock);
  return {
    release: async () => {
      await runner.query(unlock);
      await runner.release();
      await dataSource.destroy();
    },
  };
}

function lockFile(file: string): TableLock {
  const connection = new Database(file);
  connection.exec('BEGIN EXCLUSIVE');
  return {
    release: () => {
      connection.exec('COMMIT');
      connection.close();
      return Promise.resolve();
    },
  };
}
