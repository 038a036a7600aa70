import { DataSource, type DataSourceOptions, type QueryRunner } from 'typeorm';
import { Places, sleep, turn } from '../common';
import { faultCode } from './fault';
import type { LedgerConnection, OpenTransaction } from './ledger-connection';
import { lend } from './lent-manager';
import type { Row, Statement, UnitOfWork } from './unit-of-work';

interface SqliteStatement {
  readonly reader: boolean;
  all(...params: unknown[]): Row[];
  run(...params: unknown[]): unknown;
}

interface SqliteHandle {
  readonly inTransaction: boolean;
  prepare(sql: string): SqliteStatement;
  exec(sql: string): void;
  pragma(text: string): unknown;
}

const MEMORY = ':memory:';
const MOST_STATEMENTS = 500;
const LONGEST_PAUSE_MS = 20;
/** How long somebody else's lock is waited for where no caller says it; better-sqlite3's own default. */
const LOCK_MS = 5_000;

/**
 * Units of work on SQLite, each run without letting anything in between.
 *
 * TypeORM gives a data source one connection, which all flows of the application share: a statement sent while another
 * flow holds a transaction becomes part of it, and is undone with it. So the ledger opens the file a second time. Only a
 * database in memory cannot be opened twice; there the ledger waits for the other flow's transaction to end.
 */
export class SqliteConnection implements LedgerConnection {
  readonly pool = null;
  private readonly statements = new Map<string, SqliteStatement>();
  private readonly place = new Places(1);

  private constructor(
    private readonly dataSource: DataSource,
    private readonly own: boolean,
    private readonly lockingTable: string,
  ) {}

  /**
   * @param application the application's data source, connected
   * @param lockingTable a table whose (empty) change takes the database's write lock
   */
  static async open(application: DataSource, lockingTable: string): Promise<SqliteConnection> {
    if (application.options.database === MEMORY) {
      return new SqliteConnection(application, false, lockingTable);
    }
    const again = await whenFree(() => openAgain(application.options), LOCK_MS);
    return new SqliteConnection(again, true, lockingTable);
  }

  async run<T>(unit: UnitOfWork<T>, timeoutMs: number): Promise<T> {
    // A statement holds up the whole process until it is on disk: whatever has arrived should get to share the next one.
    await turn();
    return whenFree(() => this.attempt(unit), timeoutMs);
  }

  /** One after the other: a second BEGIN on the same connection is an error. */
  transaction<T>(work: (open: OpenTransaction) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.place.within(() => this.holdTransaction(work), signal);
  }

  async close(): Promise<void> {
    this.statements.clear();
    if (this.own && this.dataSource.isInitialized) {
      await this.dataSource.destroy();
    }
  }

  private get handle(): SqliteHandle {
    return handleOf(this.dataSource);
  }

  private isInTransaction(): boolean {
    return this.handle.inTransaction;
  }

  private attempt<T>(unit: UnitOfWork<T>): T {
    if (this.isInTransaction()) {
      throw new TransactionOpenError();
    }
    if (unit.single) {
      return this.steps(unit);
    }
    this.handle.exec('BEGIN IMMEDIATE');
    try {
      const result = this.steps(unit);
      this.handle.exec('COMMIT');
      return result;
    } catch (error) {
      // Some failures have rolled back already.
      if (this.isInTransaction()) {
        this.handle.exec('ROLLBACK');
      }
      throw error;
    }
  }

  private steps<T>(unit: UnitOfWork<T>): T {
    const steps = unit.steps();
    let step = steps.next();
    while (step.done !== true) {
      step = steps.next(this.execute(step.value));
    }
    return step.value;
  }

  private execute({ sql, params }: Statement): Row[] {
    const prepared = this.prepare(sql);
    const bindable = params.map((value) => (typeof value === 'boolean' ? Number(value) : value));
    if (prepared.reader) {
      return prepared.all(...bindable);
    }
    prepared.run(...bindable);
    return [];
  }

  private prepare(sql: string): SqliteStatement {
    let prepared = this.statements.get(sql);
    if (prepared === undefined) {
      prepared = this.handle.prepare(sql);
      if (this.statements.size < MOST_STATEMENTS) {
        this.statements.set(sql, prepared);
      }
    }
    return prepared;
  }

  private async holdTransaction<T>(work: (open: OpenTransaction) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    await this.begin(runner);
    const lent = lend(this.dataSource, runner);
    try {
      const result = await work({ manager: lent.manager, within: (unit) => Promise.resolve(this.steps(unit)) });
      lent.end();
      // A reader in another process can be in the way of the commit, which then has not failed.
      await whenFree(() => runner.commitTransaction(), LOCK_MS);
      return result;
    } catch (error) {
      lent.end();
      await this.undo(runner);
      throw error;
    } finally {
      await runner.release();
    }
  }

  /**
   * Some failures, such as a full disk, have rolled back already, of which TypeORM knows nothing: it would take the next
   * transaction for one within this one, whose rollback ends nothing.
   */
  private async undo(runner: QueryRunner): Promise<void> {
    if (this.isInTransaction()) {
      await runner.rollbackTransaction();
    } else {
      Object.assign(runner, { isTransactionActive: false, transactionDepth: 0 });
    }
  }

  /** Takes the write lock before the work begins, so that the work cannot fail for want of it half way. */
  private begin(runner: QueryRunner): Promise<void> {
    return whenFree(async () => {
      if (this.handle.inTransaction) {
        throw new TransactionOpenError();
      }
      try {
        await runner.startTransaction();
        this.handle.exec(`DELETE FROM ${this.lockingTable} WHERE 0`);
      } catch (error) {
        await this.undo(runner);
        throw error;
      }
    }, LOCK_MS);
  }
}

/** Another flow of the application holds a transaction on the connection that a database in memory shares. */
class TransactionOpenError extends Error {
  readonly code = 'SQLITE_BUSY_TRANSACTION_OPEN';
}

function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(faultCode(error));
}

/**
 * Does the work as soon as nobody else has the database. Waiting inside SQLite would stop the very flow of this process
 * that holds the lock.
 */
async function whenFree<T>(work: () => T | Promise<T>, patienceMs: number): Promise<T> {
  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || Date.now() > giveUpAt) {
        throw error;
      }
      await sleep(1 + Math.random() * LONGEST_PAUSE_MS);
    }
  }
}

function handleOf({ driver }: DataSource): SqliteHandle {
  return (driver as unknown as { databaseConnection: SqliteHandle }).databaseConnection;
}

/** The same file, the same entities, without the side effects of connecting. */
async function openAgain(options: DataSourceOptions): Promise<DataSource> {
  const again = { ...options, timeout: 0, synchronize: false, migrationsRun: false, dropSchema: false, logging: false };
  const dataSource = await new DataSource(again).initialize();
  try {
    // What is acknowledged has to survive the power going, whatever the application chose for itself.
    handleOf(dataSource).pragma('synchronous = FULL');
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}
