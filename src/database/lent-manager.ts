import type { DataSource, EntityManager, QueryRunner } from 'typeorm';

/** The application's own statements in a transaction of the ledger. */
export interface LentManager {
  readonly manager: EntityManager;
  /** To be called before the transaction ends: what is sent afterwards fails, as it would be no part of it. */
  end(): void;
}

/**
 * Lends an open transaction. Work that was given up on may go on, and its statements must neither be committed by
 * themselves nor become part of the next transaction; nor must a nested transaction that it has left open be taken for
 * the one to end.
 */
export function lend(dataSource: DataSource, runner: QueryRunner): LentManager {
  // A double, so that the runner's own count of nested transactions stays what it is.
  const double = Object.create(runner) as QueryRunner;
  const manager = dataSource.createEntityManager(double);
  return { manager, end: () => void Object.assign(double, { isReleased: true }) };
}
