import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import type { DataSourceOptions } from 'typeorm';
import { knownServices } from './services';

/** TypeORM's options for one of the three families. */
export type TestDataSourceOptions = Extract<
  DataSourceOptions,
  { type: 'better-sqlite3' } | { type: 'postgres' } | { type: 'mysql' | 'mariadb' }
>;

/** One empty database, nobody else's. */
export interface TestDatabase {
  url: string;
  /** Options for a DataSource on it, without entities. */
  dataSourceOptions(): TestDataSourceOptions;
  /** Deletes it, and ends the connections that are left. */
  drop(): Promise<void>;
}

/** One kind of database, as an entry of `describe.each(databases)('on $name', …)`. */
export interface DatabaseKind {
  name: string;
  family: 'sqlite' | 'postgres' | 'mysql';
  create(): Promise<TestDatabase>;
}

const services = knownServices();

/** SQLite in memory: gone with its only connection. */
export const memoryDatabase: DatabaseKind = {
  name: 'sqlite (memory)',
  family: 'sqlite',
  create: () => Promise.resolve(sqliteDatabase(':memory:', () => undefined)),
};

/** SQLite in a file, and every database server that answers. */
export const databases: DatabaseKind[] = [
  { name: 'sqlite', family: 'sqlite', create: createSqliteFile },
  postgresKind('postgres (embedded)', services.embeddedPostgres),
  ...(services.postgres === undefined ? [] : [postgresKind('postgres', services.postgres)]),
  ...(services.mysql === undefined ? [] : [mysqlKind(services.mysql.flavour, services.mysql.url)]),
];

/** A name that no other test uses. */
function uniqueName(): string {
  return `stripe_test_${process.pid}_${randomBytes(6).toString('hex')}`;
}

function createSqliteFile(): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'stripe-events-sqlite-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  return Promise.resolve(sqliteDatabase(join(folder, 'test.sqlite'), remove));
}

function sqliteDatabase(database: string, remove: () => void): TestDatabase {
  return {
    url: `sqlite:${database}`,
    dataSourceOptions: () => ({ type: 'better-sqlite3', database }),
    drop: () => Promise.resolve().then(remove),
  };
}

function postgresKind(name: string, serverUrl: string): DatabaseKind {
  const execute = async (statement: string): Promise<void> => {
    const client = new Client({ connectionString: serverUrl });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  return {
    name,
    family: 'postgres',
    create: async () => {
      const database = uniqueName();
      await execute(`CREATE DATABASE "${database}"`);
      const url = withDatabase(serverUrl, database);
      return {
        url,
        dataSourceOptions: () => ({ type: 'postgres', ...connectionParts(url) }),
        drop: () => execute(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`),
      };
    },
  };
}

function mysqlKind(flavour: 'mysql' | 'mariadb', serverUrl: string): DatabaseKind {
  const execute = async (statement: string): Promise<void> => {
    const connection = await createConnection({ uri: serverUrl });
    await connection.query(statement).finally(() => connection.end());
  };
  return {
    name: flavour,
    family: 'mysql',
    create: async () => {
      const database = uniqueName();
      await execute(`CREATE DATABASE \`${database}\``);
      const url = withDatabase(serverUrl, database);
      return {
        url,
        dataSourceOptions: () => ({ type: flavour, ...connectionParts(url) }),
        drop: () => execute(`DROP DATABASE IF EXISTS \`${database}\``),
      };
    },
  };
}

function withDatabase(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

interface ConnectionParts {
  host: string;
  port?: number;
  username: string;
  password?: string;
  database: string;
}

/** In parts, since TypeORM takes the type of a `url` from its scheme: a MariaDB would become a MySQL. */
function connectionParts(address: string): ConnectionParts {
  const url = new URL(address);
  return {
    host: url.hostname,
    ...(url.port !== '' && { port: Number(url.port) }),
    username: decodeURIComponent(url.username),
    ...(url.password !== '' && { password: decodeURIComponent(url.password) }),
    database: url.pathname.slice(1),
  };
}
