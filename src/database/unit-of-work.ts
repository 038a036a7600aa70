/** A row as the driver returns it: numbers may be strings, booleans may be 0 and 1. */
export type Row = Record<string, unknown>;

/** One SQL statement; `?` stands for a parameter on every database. */
export interface Statement {
  readonly sql: string;
  readonly params: readonly unknown[];
  /** Let the server keep the parsed statement. For statements whose text is one of few and whose plan cannot age. */
  readonly prepare?: boolean;
}

/**
 * Statements that happen together or not at all, and what they amount to.
 *
 * The steps are a generator that yields a statement and is given its rows. A database server awaits each; SQLite runs
 * them all without letting anything else in between, since its driver is synchronous and its connection is shared.
 */
export interface UnitOfWork<T> {
  /** True when there is one statement only, which is atomic by itself. */
  readonly single: boolean;
  /** Called anew for each try. */
  steps(): Generator<Statement, T, Row[]>;
}

/** The unit of work of one statement. */
export function statement(sql: string, params: readonly unknown[] = []): UnitOfWork<Row[]> {
  return {
    single: true,
    *steps() {
      return yield { sql, params };
    },
  };
}

/** The unit of work of several statements, or of one that another unit's steps are part of. */
export function unitOfWork<T>(steps: () => Generator<Statement, T, Row[]>): UnitOfWork<T> {
  return { single: false, steps };
}

/** `?, ?, ?` for a list of this length. */
export function placeholders(length: number): string {
  return new Array<string>(length).fill('?').join(', ');
}

/** A value that the database works out, e.g. its own time. */
export class SqlExpression {
  constructor(readonly sql: string) {}
}

/** `(?, ?, now())`: a row of a `VALUES` list. */
export function valuesRow(row: readonly unknown[]): string {
  return `(${row.map((value) => (value instanceof SqlExpression ? value.sql : '?')).join(', ')})`;
}

/** The parameters of {@link valuesRow}s. */
export function valuesParams(rows: readonly (readonly unknown[])[]): unknown[] {
  return rows.flat().filter((value) => !(value instanceof SqlExpression));
}
