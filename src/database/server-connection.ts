import type { DataSource, QueryRunner } from 'typeorm';
import { Places, withDeadline } from '../common';
import type { ConnectionPool, LedgerConnection, OpenTransaction } from './ledger-connection';
import { lend } from './lent-manager';
import type { Row, Statement, UnitOfWork } from './unit-of-work';

/** What the driver's own connection has to be able to do. */
export interface ServerDriver {
  query(connection: unknown, statement: Statement): Promise<Row[]>;
  /** Closes the socket, whatever is under way on it: that fails at once, however silent the server is. */
  destroy(connection: unknown): void;
  /** Asks the server to end a statement whose connection is about to be destroyed, where it would not by itself. */
  cancel(connection: unknown): void;
  /** Ends attempts to connect that a silent server would keep from ever ending, and their places in the pool with them. */
  endStaleAttempts(dataSource: DataSource): void;
  /** The most connections the pool makes. */
  poolSize(dataSource: DataSource): number;
  /** The statements that open a transaction. */
  readonly begin: readonly string[];
}

const UNPARAMETERISED: readonly unknown[] = [];
const TRANSACTION_PATIENCE_MS = 30_000;
/** Two for receiving, one to claim and one to settle: while slow handlers have the others, deliveries are still taken. */
const CONNECTIONS_KEPT_FREE = 4;

/**
 * Units of work on a database server, over a connection of the application's own pool.
 *
 * Statements go to the driver directly: TypeORM's query() costs more than the statement, and would hand the parameters,
 * which are payloads, to the application's query log.
 */
export class ServerConnection implements LedgerConnection {
  readonly pool: ConnectionPool;
  private readonly places: Places;

  /** @param patienceMs how long a transaction waits for its connection, and for each of the ledger's own statements in it */
  constructor(
    private readonly dataSource: DataSource,
    private readonly driver: ServerDriver,
    private readonly patienceMs = TRANSACTION_PATIENCE_MS,
  ) {
    const connections = driver.poolSize(dataSource);
    const keptFree = CONNECTIONS_KEPT_FREE;
    this.pool = { connections, transactions: Math.max(1, connections - keptFree), keptFree };
    this.places = new Places(this.pool.transactions);
  }

  async run<T>(unit: UnitOfWork<T>, timeoutMs: number): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    const connection = await this.connect(runner, timeoutMs);
    try {
      return await this.cutOff(connection, timeoutMs, () =>
        unit.single ? this.steps(connection, unit) : this.atomically(connection, unit),
      );
    } finally {
      await runner.release();
    }
  }

  transaction<T>(work: (open: OpenTransaction) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.places.within(() => this.holdTransaction(work), signal);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private async holdTransaction<T>(work: (open: OpenTransaction) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    const connection = await this.connect(runner, this.patienceMs);
    const inTime = <R>(action: () => Promise<R>): Promise<R> => this.cutOff(connection, this.patienceMs, action);
    const lent = lend(this.dataSource, runner);
    try {
      await inTime(() => runner.startTransaction());
      const result = await work({
        manager: lent.manager,
        within: (unit) => inTime(() => this.steps(connection, unit)),
      });
      lent.end();
      await inTime(() => runner.commitTransaction());
      return result;
    } catch (error) {
      lent.end();
      await this.rollBack(connection, () => inTime(() => runner.rollbackTransaction()));
      throw error;
    } finally {
      await runner.release();
    }
  }

  /** A pool can wait for ever; a connection that comes too late goes straight back. */
  private async connect(runner: QueryRunner, timeoutMs: number): Promise<unknown> {
    const connecting = runner.connect() as Promise<unknown>;
    try {
      return await withDeadline(connecting, timeoutMs, () => new Error('timeout exceeded when trying to connect'));
    } catch (error) {
      const giveBack = (): Promise<void> => runner.release();
      void connecting.then(giveBack, giveBack);
      this.driver.endStaleAttempts(this.dataSource);
      throw error;
    }
  }

  /** Without its connection, whatever waits for the server fails. */
  private async cutOff<T>(connection: unknown, timeoutMs: number, action: () => Promise<T>): Promise<T> {
    const timer = setTimeout(() => {
      this.driver.cancel(connection);
      this.driver.destroy(connection);
    }, timeoutMs);
    try {
      return await action();
    } finally {
      clearTimeout(timer);
    }
  }

  private async atomically<T>(connection: unknown, unit: UnitOfWork<T>): Promise<T> {
    for (const sql of this.driver.begin) {
      await this.driver.query(connection, { sql, params: UNPARAMETERISED });
    }
    try {
      const result = await this.steps(connection, unit);
      await this.driver.query(connection, { sql: 'COMMIT', params: UNPARAMETERISED });
      return result;
    } catch (error) {
      await this.rollBack(connection, () =>
        this.driver.query(connection, { sql: 'ROLLBACK', params: UNPARAMETERISED }),
      );
      throw error;
    }
  }

  /** A connection that cannot even roll back must not go back to the pool with a transaction open. */
  private async rollBack(connection: unknown, action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch {
      this.driver.destroy(connection);
    }
  }

  private async steps<T>(connection: unknown, unit: UnitOfWork<T>): Promise<T> {
    const steps = unit.steps();
    let step = steps.next();
    while (step.done !== true) {
      step = steps.next(await this.driver.query(connection, step.value));
    }
    return step.value;
  }
}
