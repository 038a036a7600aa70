import type { Row } from './unit-of-work';

/** What a value is, for databases that have to be told. */
export type ValueType = 'text' | 'integer' | 'bigint' | 'boolean';

/** A row that changes only if it still has this version. */
export interface GuardedRow {
  readonly id: string;
  readonly version: number;
  /** One for each of the changes; null where the row itself stays as it is. */
  readonly values: readonly unknown[] | null;
  /** Rows of the second table that are kept only with this one. */
  readonly children: readonly (readonly unknown[])[];
}

/** Changes to rows that somebody else may have taken over meanwhile: each row's own, in as few statements as can be. */
export interface GuardedChange {
  readonly table: string;
  /** What a row has to be beside having its version, e.g. `status = 'processing'`. */
  readonly condition: string;
  readonly versionColumn: string;
  readonly rows: readonly GuardedRow[];
  /** `column = …` with one `?` in each: the row's own value. Not one of them names the row's id. */
  readonly changes: readonly { readonly sql: string; readonly type: ValueType }[];
  /** Where the children go, whose first column is the id of their row. One that is there already is overwritten. */
  readonly children?: {
    readonly table: string;
    readonly columns: readonly { readonly name: string; readonly type: ValueType }[];
    readonly key: readonly string[];
  };
}

/** The rows that were found with the very version they ask for. */
export function heldRows(rows: readonly GuardedRow[], found: readonly Row[]): ReadonlySet<GuardedRow> {
  const versions = new Map(found.map(({ id, version }) => [String(id), Number(version)]));
  return new Set(rows.filter(({ id, version }) => versions.get(id) === version));
}

/** The names of the children's columns that are overwritten. */
export function overwritten({ columns, key }: NonNullable<GuardedChange['children']>): string[] {
  return columns.map(({ name }) => name).filter((name) => !key.includes(name));
}
