import { mergeSql, type MergedRows } from './merged-rows';
import type { UnitOfWork } from './unit-of-work';

/** One statement: the rows travel as arrays, so that there is one text for all sizes. Locked in the order of the rows. */
export function mergeRows(merged: MergedRows): UnitOfWork<void> {
  const { columns, rows } = merged;
  const arrays = columns.map(({ type }) => `?::${type}[]`).join(', ');
  const names = columns.map(({ name }) => name).join(', ');
  const sql = mergeSql(merged, `SELECT ${names} FROM unnest(${arrays}) WITH ORDINALITY AS fresh (${names}, place) ORDER BY place`); // prettier-ignore
  return {
    single: true,
    *steps() {
      yield { sql, params: columns.map((_, column) => rows.map((row) => row[column])) };
    },
  };
}
