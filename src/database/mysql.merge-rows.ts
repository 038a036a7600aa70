import type { MergedRows, MergeNames } from './merged-rows';
import { placeholders, type UnitOfWork } from './unit-of-work';

const NAMES: MergeNames = { present: (column) => column, fresh: (column) => `VALUES(${column})` };

/** One statement. A row that nothing changes in is not written by itself, so the condition is part of each assignment. */
export function mergeRows({ table, columns, rows, changes }: MergedRows): UnitOfWork<void> {
  const row = `(${placeholders(columns.length)})`;
  const set = changes(NAMES).map(({ column, sql }) => `${column} = ${sql}`);
  const sql = `INSERT INTO ${table} (${columns.map(({ name }) => name).join(', ')})
 VALUES ${rows.map(() => row).join(', ')} ON DUPLICATE KEY UPDATE ${set.join(', ')}`;
  return {
    single: true,
    *steps() {
      yield { sql, params: rows.flat() };
    },
  };
}
