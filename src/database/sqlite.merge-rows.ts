import { mergeSql, type MergedRows } from './merged-rows';
import { placeholders, unitOfWork, type UnitOfWork } from './unit-of-work';

/** Row by row: nothing travels, and one statement is compiled once, whatever the number of rows. */
export function mergeRows(merged: MergedRows): UnitOfWork<void> {
  const sql = mergeSql(merged, `VALUES (${placeholders(merged.columns.length)})`);
  return unitOfWork(function* () {
    for (const params of merged.rows) {
      yield { sql, params };
    }
  });
}
