import type { DataSource } from 'typeorm';
import type { GuardedChange, GuardedRow } from './guarded-change';
import type { MergedRows } from './merged-rows';
import type { Row, UnitOfWork } from './unit-of-work';

/** The database families the ledger has statements for. */
export type DatabaseFamily = 'postgres' | 'mysql' | 'sqlite';

/**
 * What a failed statement means:
 * `unavailable`, the database cannot take it now; `conflict`, trying again at once may help; `refused`, this very
 * statement is the problem.
 */
export type FaultKind = 'unavailable' | 'conflict' | 'refused';

/** Rows to insert where no row of the same identity exists, each with rows of a second table. */
export interface FreshRows {
  readonly table: string;
  /** The first column is the row's own id. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  /** The columns of the unique index that says which rows are the same. */
  readonly identity: readonly string[];
  /** Rows that are inserted only with their parent; their first column is the parent's id. */
  readonly children: {
    readonly table: string;
    readonly columns: readonly string[];
    readonly rows: readonly (readonly unknown[])[];
  };
}

/** Rows to pick, change and return, so that no two workers get the same one. */
export interface TakenRows {
  readonly table: string;
  /** `WHERE … ORDER BY …` of the rows to pick; its parameters come first. */
  readonly pick: string;
  readonly pickParams: readonly unknown[];
  readonly limit: number;
  /** `column = …` of what changes. Uses the values from before the change on the right-hand side. */
  readonly set: string;
  readonly setParams: readonly unknown[];
  /** The columns to return, as they are after the change. */
  readonly returning: readonly string[];
}

/** The rows that have one value in a column, between two ids. */
export interface IndexStretch {
  readonly column: string;
  readonly value: string;
  /** Write the value out: a partial index is chosen by what is known when the statement is planned. Not for what came from outside. */
  readonly literal: boolean;
  /** The condition of the index, where it has one that the value does not say by itself. */
  readonly only?: string;
  readonly fromId: string;
  readonly beforeId: string;
}

/** How one database family does what the ledger needs. All differences between databases live in its implementations. */
export interface Dialect {
  readonly family: DatabaseFamily;
  /** The database's own time in epoch milliseconds: clocks of hosts differ, leases must not. */
  readonly now: string;
  /** Bytes of UTF-8 that the `text` type holds. */
  readonly maxTextBytes: number;
  /** A text, given as its bytes of UTF-8, as a parameter: the bytes themselves where the driver sends them as they are. */
  textParameter(bytes: Buffer): Buffer | string;
  /** What keeps the rows of a SELECT from others until the transaction ends; empty where a transaction has the whole database. */
  readonly lockRows: string;
  /** The same, passing over the rows that another transaction has at this moment. */
  readonly lockFreeRows: string;
  /** Most rows that one `takeRows` can take. */
  readonly maxTakenRows: number;
  /** How many recording statements may be under way at once. */
  readonly concurrentRecordings: number;
  /** After a table in FROM: read it by this index and no other; empty where the planner cannot be told. */
  byIndex(name: string): string;
  /** To stand before a condition from which this one follows, where a partial index is used only when its own is read. */
  restated(condition: string): string;
  /** What a SELECT of these rows says in WHERE and ORDER BY, so that it reads the index of the column and the id. */
  latestOf(stretch: IndexStretch): {
    readonly where: string;
    readonly order: string;
    readonly params: readonly unknown[];
  };
  insertFresh(rows: FreshRows): UnitOfWork<ReadonlySet<string>>;
  takeRows(rows: TakenRows): UnitOfWork<Row[]>;
  /** Changes the rows that still have their version, and returns which those were. */
  changeGuarded(change: GuardedChange): UnitOfWork<ReadonlySet<GuardedRow>>;
  /** Inserts rows, and merges them into those that are there. */
  mergeRows(merged: MergedRows): UnitOfWork<void>;
  /** `INSERT` that updates the named columns where the key exists; `from` is a `SELECT` or a `VALUES` list. */
  upsert(into: UpsertTarget): string;
  classify(error: unknown): FaultKind;
  /** Whether the statement failed because a unique index has another row with the same values. */
  isDuplicate(error: unknown): boolean;
  /** Why what is in this table would be mixed up or changed; null when it is safe. */
  schemaProblem(dataSource: DataSource, table: TableTexts): Promise<SchemaProblem | null>;
  /** What makes an acknowledgement volatile on this server; empty when nothing does. */
  durabilityWarnings(dataSource: DataSource): Promise<readonly string[]>;
}

/** The columns of a table that must neither be mixed up nor changed. */
export interface TableTexts {
  /** The table's name, after its schema where it has one, without quotes. */
  readonly path: string;
  /** Columns of ids, which differ also where only their case does. */
  readonly ids: readonly string[];
  /** Columns of text that is anybody's. */
  readonly texts: readonly string[];
}

/** What is wrong with the tables, and what to do about it. */
export interface SchemaProblem {
  readonly problem: string;
  readonly wayOut: string;
}

/** Where an upsert goes. */
export interface UpsertTarget {
  readonly table: string;
  readonly columns: readonly string[];
  readonly from: string;
  readonly key: readonly string[];
  readonly update: readonly string[];
}
