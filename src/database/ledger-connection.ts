import type { EntityManager } from 'typeorm';
import type { UnitOfWork } from './unit-of-work';

/** What a transaction of the application's own statements offers: TypeORM's manager, and units of the ledger within it. */
export interface OpenTransaction {
  readonly manager: EntityManager;
  /** Does a unit as part of this transaction. */
  within<T>(unit: UnitOfWork<T>): Promise<T>;
}

/** How units of work reach one kind of database. */
export interface LedgerConnection {
  /** Does the whole unit, or nothing of it. Cut off after `timeoutMs`, so that a silent server holds nothing for ever. */
  run<T>(unit: UnitOfWork<T>, timeoutMs: number): Promise<T>;
  /** Runs the application's own statements in a transaction; rejecting rolls it back. */
  transaction<T>(work: (open: OpenTransaction) => Promise<T>): Promise<T>;
  /** Gives back what is the ledger's alone. */
  close(): Promise<void>;
}
