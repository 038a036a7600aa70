import type { DataSource, QueryRunner } from 'typeorm';
import { withDeadline } from '../common';
import type { LedgerConnection, OpenTransaction } from './ledger-connection';
import type { Row, Statement, UnitOfWork } from './unit-of-work';

/** What the driver's own connection has to be able to do. */
export interface ServerDriver {
  query(connection: unknown, statement: Statement): Promise<Row[]>;
  /** Closes the socket, whatever is under way on it. */
  destroy(connection: unknown): void;
  /** The statements that open a transaction. */
  readonly begin: readonly string[];
}

const UNPARAMETERISED: readonly unknown[] = [];

/**
 * Units of work on a database server, over a connection of the application's own pool.
 *
 * Statements go to the driver directly: TypeORM's query() costs more than the statement, and would hand the parameters,
 * which are payloads, to the application's query log.
 */
export class ServerConnection implements LedgerConnection {
  constructor(
    private readonly dataSource: DataSource,
    private readonly driver: ServerDriver,
  ) {}

  async run<T>(unit: UnitOfWork<T>, timeoutMs: number): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    const connection = await this.connect(runner, timeoutMs);
    const timer = setTimeout(() => {
      this.driver.destroy(connection);
    }, timeoutMs);
    try {
      return unit.single ? await this.steps(connection, unit) : await this.atomically(connection, unit);
    } finally {
      clearTimeout(timer);
      await runner.release();
    }
  }

  transaction<T>(work: (open: OpenTransaction) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      const connection: unknown = await manager.queryRunner?.connect();
      return work({ manager, within: (unit) => this.steps(connection, unit) });
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** A pool can wait for ever; a connection that comes too late goes straight back. */
  private async connect(runner: QueryRunner, timeoutMs: number): Promise<unknown> {
    const connecting = runner.connect() as Promise<unknown>;
    try {
      return await withDeadline(connecting, timeoutMs, () => new Error('timeout exceeded when trying to connect'));
    } catch (error) {
      const giveBack = (): Promise<void> => runner.release();
      void connecting.then(giveBack, giveBack);
      throw error;
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
      await this.rollBack(connection);
      throw error;
    }
  }

  /** A connection that cannot even roll back must not go back to the pool with a transaction open. */
  private async rollBack(connection: unknown): Promise<void> {
    try {
      await this.driver.query(connection, { sql: 'ROLLBACK', params: UNPARAMETERISED });
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
