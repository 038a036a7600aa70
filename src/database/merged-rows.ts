import type { ValueType } from './guarded-change';

/** How an expression names a column: as the row has it now, and as it comes in. */
export interface MergeNames {
  readonly present: (column: string) => string;
  readonly fresh: (column: string) => string;
}

/** Rows to insert, or to merge into those of the same key: each of them by rules that look at both. */
export interface MergedRows {
  readonly table: string;
  readonly columns: readonly { readonly name: string; readonly type: ValueType }[];
  readonly key: readonly string[];
  /** In one order everywhere, so that two statements cannot wait for each other; no key twice. */
  readonly rows: readonly (readonly unknown[])[];
  /** Whether a row that is there changes at all. */
  readonly condition: (names: MergeNames) => string;
  /**
   * What each column becomes in a row that is there. An expression may read only columns that come later in the list,
   * and its own: MySQL assigns one after the other.
   */
  readonly changes: (names: MergeNames) => readonly { readonly column: string; readonly sql: string }[];
}

/** `INSERT … ON CONFLICT` as PostgreSQL and SQLite have it. */
export function mergeSql(merged: MergedRows, from: string): string {
  const { table, columns, key, condition, changes } = merged;
  const names: MergeNames = { present: (column) => `present.${column}`, fresh: (column) => `excluded.${column}` };
  const set = changes(names).map(({ column, sql }) => `${column} = ${sql}`);
  return `INSERT INTO ${table} AS present (${columns.map(({ name }) => name).join(', ')}) ${from}
 ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${set.join(', ')}
 WHERE ${condition(names)}`;
}
