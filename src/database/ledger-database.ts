import type { DataSource, EntityTarget, ObjectLiteral } from 'typeorm';
import { sleep } from '../common';
import type { DatabaseFamily, Dialect } from './dialect';
import { familyOf } from './families';
import type { ConnectionPool, LedgerConnection, OpenTransaction } from './ledger-connection';
import { mysqlDialect } from './mysql.dialect';
import { MysqlDriver } from './mysql.driver';
import { postgresDialect } from './postgres.dialect';
import { PostgresDriver } from './postgres.driver';
import { ServerConnection } from './server-connection';
import { SqliteConnection } from './sqlite-connection';
import { sqliteDialect } from './sqlite.dialect';
import { statement, type Row, type UnitOfWork } from './unit-of-work';

interface Support {
  readonly dialect: Dialect;
  connect(dataSource: DataSource, lockingTable: string): Promise<LedgerConnection>;
}

const SUPPORT: Record<DatabaseFamily, Support> = {
  postgres: {
    dialect: postgresDialect,
    connect: (dataSource) => {
      const driver = new PostgresDriver();
      driver.hearErrors(dataSource);
      return Promise.resolve(new ServerConnection(dataSource, driver));
    },
  },
  mysql: {
    dialect: mysqlDialect,
    connect: (dataSource) => Promise.resolve(new ServerConnection(dataSource, new MysqlDriver())),
  },
  sqlite: { dialect: sqliteDialect, connect: (dataSource, table) => SqliteConnection.open(dataSource, table) },
};

const MOST_TRIES = 4;
const LONGEST_PAUSE_MS = 30;
const DEFAULT_TIMEOUT_MS = 30_000;

/** The application's database, as the ledger uses it. */
export class LedgerDatabase {
  private constructor(
    readonly dataSource: DataSource,
    readonly dialect: Dialect,
    private readonly connection: LedgerConnection,
  ) {}

  /**
   * @param dataSource the application's data source, connected
   * @param lockingEntity an entity whose table is locked where the whole database has one write lock
   * @throws {UnsupportedDatabaseError} when the ledger has no statements for this kind of database
   */
  static async open(dataSource: DataSource, lockingEntity: EntityTarget<ObjectLiteral>): Promise<LedgerDatabase> {
    const support = SUPPORT[familyOf(dataSource.options.type)];
    const connection = await support.connect(dataSource, tablePath(dataSource, lockingEntity));
    return new LedgerDatabase(dataSource, support.dialect, connection);
  }

  /** The table of an entity, with its prefix and schema, ready to stand in a statement. */
  table(entity: EntityTarget<ObjectLiteral>): string {
    return tablePath(this.dataSource, entity);
  }

  /** Makes a statement read an entity's table by its index for this purpose, to stand after the table in FROM. */
  byIndex(entity: EntityTarget<ObjectLiteral>, purpose: string): string {
    const { indices } = this.dataSource.getMetadata(entity);
    const name = indices.map((index) => index.name).find((known) => known.endsWith(`_${purpose}`));
    return name === undefined ? '' : this.dialect.byIndex(this.dataSource.driver.escape(name));
  }

  /** Does the unit; tries again when it only collided with another. */
  async run<T>(unit: UnitOfWork<T>, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.connection.run(unit, timeoutMs);
      } catch (error) {
        if (attempt === MOST_TRIES || this.dialect.classify(error) !== 'conflict') {
          throw error;
        }
        await sleep(Math.random() * LONGEST_PAUSE_MS * attempt);
      }
    }
  }

  /** The rows of one statement. */
  query(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    return this.run(statement(sql, params));
  }

  /**
   * Runs the application's own statements in a transaction; rejecting rolls it back.
   *
   * @param signal aborted when the transaction is not wanted any more; one that has not begun is not begun then
   */
  transaction<T>(work: (open: OpenTransaction) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.connection.transaction(work, signal);
  }

  /** The pool that the ledger and the application share; null where there is none. */
  get pool(): ConnectionPool | null {
    return this.connection.pool;
  }

  /** Gives back what is the ledger's alone. */
  close(): Promise<void> {
    return this.connection.close();
  }
}

function tablePath(dataSource: DataSource, entity: EntityTarget<ObjectLiteral>): string {
  const { tablePath: path } = dataSource.getMetadata(entity);
  return path
    .split('.')
    .map((name) => dataSource.driver.escape(name))
    .join('.');
}
