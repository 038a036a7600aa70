import Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { Client } from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { LedgerDatabase } from '../../src/database';
import { EventEntity } from '../../src/events';
import { STRIPE_ENTITIES, STRIPE_MIGRATIONS } from '../../src/stripe.entities';
import { query } from '../support/postgres';
import { filling, POSTGRES_ROWS, SQLITE_ROWS, type Filling } from './rows';

/** A database with the ledger's tables and so many events in it. */
export interface Ledger {
  readonly family: 'postgres' | 'sqlite';
  readonly events: number;
  open(): Promise<OpenLedger>;
  /** Where it is: a URL or a file. */
  readonly address: string;
  /** Bytes of each table and index. */
  sizes(): Promise<Record<string, number>>;
}

/** A ledger as the module uses it. */
export interface OpenLedger {
  readonly database: LedgerDatabase;
  /** Bytes that PostgreSQL has written to its log so far. */
  readonly written?: () => Promise<number>;
  close(): Promise<void>;
}

/** A statement's rows, on one connection. */
type Execute = (sql: string) => Promise<Record<string, unknown>[]>;

/** Makes it where it is not there; a ledger of the same name is taken for the same. */
export async function postgresLedger(serverUrl: string, fill: Filling): Promise<Ledger> {
  const name = nameOf(fill);
  const url = serverUrl.replace(/\/[^/]*$/, `/${name}`);
  const options: DataSourceOptions = { type: 'postgres', url };
  const known = await query(serverUrl, 'SELECT 1 FROM pg_database WHERE datname = $1', [name]);
  if (known.length === 0) {
    await query(serverUrl, `CREATE DATABASE ${name}`);
    await migrate(options);
    const client = new Client({ connectionString: url });
    await client.connect();
    const execute: Execute = async (sql) => (await client.query<Record<string, unknown>>(sql)).rows;
    await execute(`SET maintenance_work_mem = '1GB'`);
    await fillWithoutIndexes(execute, POSTGRES_INDEXES, filling(fill, POSTGRES_ROWS));
    await execute('VACUUM ANALYZE');
    await execute('CHECKPOINT');
    await client.end();
  }
  return {
    family: 'postgres',
    events: fill.count,
    address: url,
    open: () => open(options),
    sizes: () => postgresSizes(url),
  };
}

/** The same in a file. */
export async function sqliteLedger(folder: string, fill: Filling): Promise<Ledger> {
  const file = `${folder}/${nameOf(fill)}.sqlite`;
  const options: DataSourceOptions = { type: 'better-sqlite3', database: file, enableWAL: true };
  if (!existsSync(file)) {
    await migrate(options);
    const database = new Database(file);
    // Nothing is kept of a filling that does not come to its end.
    ['journal_mode = OFF', 'synchronous = OFF', 'cache_size = -1000000'].forEach((text) => database.pragma(text));
    const execute: Execute = (sql) => {
      const prepared = database.prepare<[], Record<string, unknown>>(sql);
      return Promise.resolve(prepared.reader ? prepared.all() : (prepared.run(), []));
    };
    await fillWithoutIndexes(execute, SQLITE_INDEXES, filling(fill, SQLITE_ROWS));
    database.pragma('journal_mode = WAL');
    database.close();
  }
  return {
    family: 'sqlite',
    events: fill.count,
    address: file,
    open: () => open(options),
    sizes: () => sqliteSizes(file),
  };
}

function nameOf({ count, backlog }: Filling): string {
  return backlog === undefined ? `scale_${count}` : `scale_${count}_with_${backlog}_due`;
}

const POSTGRES_INDEXES = `SELECT indexname AS name, indexdef AS sql FROM pg_indexes WHERE indexname LIKE 'idx_stripe_event%'`;
const SQLITE_INDEXES = `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND name LIKE 'idx_stripe_event%'`;

/** An index that is built at once is built sooner, and as dense as one that was just rebuilt. */
async function fillWithoutIndexes(execute: Execute, indexes: string, statements: readonly string[]): Promise<void> {
  const known = await execute(indexes);
  for (const { name } of known) {
    await execute(`DROP INDEX ${String(name)}`);
  }
  for (const sql of statements) {
    await execute(sql);
  }
  for (const { sql } of known) {
    await execute(String(sql));
  }
}

async function migrate(options: DataSourceOptions): Promise<void> {
  const dataSource = new DataSource({
    ...options,
    entities: STRIPE_ENTITIES,
    migrations: STRIPE_MIGRATIONS,
    migrationsRun: true,
  });
  await dataSource.initialize();
  await dataSource.destroy();
}

async function open(options: DataSourceOptions): Promise<OpenLedger> {
  const dataSource = await new DataSource({ ...options, entities: STRIPE_ENTITIES }).initialize();
  const database = await LedgerDatabase.open(dataSource, EventEntity);
  const position = "SELECT pg_current_wal_insert_lsn() - '0/0' AS bytes";
  return {
    database,
    ...(options.type === 'postgres' && {
      written: async () => Number((await database.query(position))[0]?.bytes),
    }),
    close: async () => {
      await database.close();
      await dataSource.destroy();
    },
  };
}

async function postgresSizes(url: string): Promise<Record<string, number>> {
  // A table with the part of it that holds long texts.
  const rows = await query(
    url,
    `SELECT relname AS name, CASE relkind WHEN 'r' THEN pg_table_size(oid) ELSE pg_relation_size(oid) END AS bytes
 FROM pg_class WHERE relkind IN ('r', 'i') AND (relname LIKE 'stripe_event%' OR relname LIKE 'idx_stripe_event%')`,
  );
  return Object.fromEntries(rows.map(({ name, bytes }) => [String(name), Number(bytes)]));
}

function sqliteSizes(file: string): Promise<Record<string, number>> {
  const database = new Database(file, { readonly: true });
  const rows = database
    .prepare<[], { name: string; bytes: number }>(
      `SELECT name, SUM(pgsize) AS bytes FROM dbstat WHERE name LIKE '%stripe_event%' GROUP BY name`,
    )
    .all();
  database.close();
  return Promise.resolve(Object.fromEntries(rows.map(({ name, bytes }) => [name, bytes])));
}
