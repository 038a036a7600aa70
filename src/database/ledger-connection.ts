import type { EntityManager } from 'typeorm';
import type { UnitOfWork } from './unit-of-work';

/** What a transaction of the application's own statements offers: TypeORM's manager, and units of the ledger within it. */
export interface OpenTransaction {
  readonly manager: EntityManager;
  /** Does a unit as part of this transaction. */
  within<T>(unit: UnitOfWork<T>): Promise<T>;
}

/** The pool of connections that the ledger and the application share. */
export interface ConnectionPool {
  readonly connections: number;
  /** How many transactions of the application's statements are let into it at once. */
  readonly transactions: number;
  /** How many are kept from them, for the ledger itself, where there are so many. */
  readonly keptFree: number;
}

/** How units of work reach one kind of database. */
export interface LedgerConnection {
  /** Null where there is none. */
  readonly pool: ConnectionPool | null;
  /** Does the whole unit, or nothing of it. Cut off after `timeoutMs`, so that a silent server holds nothing for ever. */
  run<T>(unit: UnitOfWork<T>, timeoutMs: number): Promise<T>;
  /**
   * Runs the application's own statements in a transaction; rejecting rolls it back.
   *
   * @param signal aborted when the transaction is not wanted any more; one that has not begun is not begun then
   */
  transaction<T>(work: (open: OpenTransaction) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Gives back what is the ledger's alone. */
  close(): Promise<void>;
}
