import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import type { DatabaseFamily } from '../dialect';
import { familyOf } from '../families';
import type { StripeTableOptions } from '../table-names';
import { columnSql, LEDGER_TABLES, type IndexDefinition, type TableDefinition } from './ledger-ddl';

/** The migration that makes the ledger's tables, for tables of these names. */
export function createStripeLedger(tables: StripeTableOptions): new () => MigrationInterface {
  return class CreateStripeLedger1764000000000 implements MigrationInterface {
    // TypeORM orders migrations by the number at the end of their name.
    readonly name = 'CreateStripeLedger1764000000000';

    async up(runner: QueryRunner): Promise<void> {
      const family = familyOf(typeOf(runner));
      const quote = (name: string): string => quoteWith(runner, name);
      const collation = family === 'mysql' ? await mysqlCollation(runner) : '';
      for (const table of LEDGER_TABLES) {
        for (const sql of creation(table, { family, tables, quote, collation })) {
          await runner.query(sql);
        }
      }
    }

    async down(runner: QueryRunner): Promise<void> {
      const quote = (name: string): string => quoteWith(runner, name);
      for (const { name } of [...LEDGER_TABLES].reverse()) {
        // MySQL commits each statement: what an interrupted run has dropped must not stop the next one.
        await runner.query(`DROP TABLE IF EXISTS ${path(name, tables, quote)}`);
      }
    }
  };
}

/** `dataSource` since TypeORM 1.0, `connection` before. */
interface EitherManager {
  readonly dataSource?: DataSource;
  readonly connection: DataSource;
}

function dataSourceOf(runner: QueryRunner): DataSource {
  const manager: EitherManager = runner.manager;
  return manager.dataSource ?? manager.connection;
}

function typeOf(runner: QueryRunner): string {
  return dataSourceOf(runner).options.type;
}

function quoteWith(runner: QueryRunner, name: string): string {
  return dataSourceOf(runner).driver.escape(name);
}

interface Naming {
  readonly family: DatabaseFamily;
  readonly tables: StripeTableOptions;
  readonly quote: (name: string) => string;
  /** How MySQL compares text. */
  readonly collation: string;
}

function creation(table: TableDefinition, naming: Naming): string[] {
  const name = path(table.name, naming.tables, naming.quote);
  const columns = table.columns.map((column) => columnSql(column, naming.family));
  const lines = [...columns, `PRIMARY KEY (${table.key.join(', ')})`];
  if (naming.family === 'mysql') {
    // One statement a table: MySQL commits each one, so a table without its indexes must not be left behind.
    const indexes = table.indexes.map((index) => mysqlIndex(table.name, index, naming));
    const form = `ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE ${naming.collation}`;
    return [`CREATE TABLE IF NOT EXISTS ${name} (${[...lines, ...indexes].join(', ')}) ${form}`];
  }
  const indexes = table.indexes.map((index) => separateIndex(table.name, index, naming));
  return [
    `CREATE TABLE ${name} (${lines.join(', ')})`,
    ...indexes,
    ...(naming.family === 'postgres' ? tuning(table, name) : []),
  ];
}

/**
 * Binary, so that ids which differ in case alone are different ids; without padding, so that ids which differ in a
 * trailing space are. Four bytes a character: emoji are text as well.
 */
async function mysqlCollation(runner: QueryRunner): Promise<string> {
  const [row] = (await runner.query('SELECT VERSION() AS version')) as { version: string }[];
  return row?.version.includes('MariaDB') === true ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin';
}

function mysqlIndex(table: string, index: IndexDefinition, naming: Naming): string {
  const kind = index.unique === true ? 'UNIQUE KEY' : 'KEY';
  return `${kind} ${naming.quote(indexName(table, index, naming.tables))} (${index.columns.join(', ')})`;
}

function separateIndex(table: string, index: IndexDefinition, naming: Naming): string {
  const kind = index.unique === true ? 'UNIQUE INDEX' : 'INDEX';
  const where = index.where === undefined ? '' : ` WHERE ${index.where}`;
  const on = path(table, naming.tables, naming.quote);
  return `CREATE ${kind} ${naming.quote(indexName(table, index, naming.tables))} ON ${on} (${index.columns.join(', ')})${where}`;
}

/** What is worth setting on PostgreSQL for rows that are rewritten, and for bodies that are not. */
function tuning(table: TableDefinition, name: string): string[] {
  if (table.name === 'stripe_event') {
    return [`ALTER TABLE ${name} SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02)`];
  }
  return table.name === 'stripe_event_payload' ? [storage(name)] : [];
}

/** The default compression takes longer than all the rest of storing an event: lz4, or none where the server lacks it. */
function storage(name: string): string {
  const body = `ALTER TABLE ${name} ALTER COLUMN body SET`;
  return `DO $$ BEGIN ${body} COMPRESSION lz4; EXCEPTION WHEN OTHERS THEN ${body} STORAGE EXTERNAL; END $$`;
}

function path(table: string, { prefix = '', schema }: StripeTableOptions, quote: (name: string) => string): string {
  const name = quote(`${prefix}${table}`);
  return schema === undefined ? name : `${quote(schema)}.${name}`;
}

function indexName(table: string, { name }: IndexDefinition, { prefix = '' }: StripeTableOptions): string {
  return `idx_${prefix}${table}_${name}`;
}
