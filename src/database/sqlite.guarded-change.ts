import { overwritten, type GuardedChange, type GuardedRow } from './guarded-change';
import { placeholders, unitOfWork, type Statement, type UnitOfWork } from './unit-of-work';

/** Row by row: nothing travels, and each short statement is compiled once, whatever the number of rows. */
export function changeGuarded(change: GuardedChange): UnitOfWork<ReadonlySet<GuardedRow>> {
  return unitOfWork(function* () {
    const held = new Set<GuardedRow>();
    for (const row of change.rows) {
      if ((yield guarded(change, row)).length === 0) {
        continue;
      }
      held.add(row);
      for (const params of row.children) {
        yield { sql: upsert(change), params };
      }
    }
    return held;
  });
}

function guarded({ table, condition, versionColumn, changes }: GuardedChange, row: GuardedRow): Statement {
  const where = `WHERE id = ? AND ${versionColumn} = ? AND ${condition}`;
  const params = [...(row.values ?? []), row.id, row.version];
  return row.values === null
    ? { sql: `SELECT id FROM ${table} ${where}`, params }
    : { sql: `UPDATE ${table} SET ${changes.map(({ sql }) => sql).join(', ')} ${where} RETURNING id`, params };
}

function upsert({ children }: GuardedChange): string {
  if (children === undefined) {
    throw new TypeError('There is no table for these children.');
  }
  const names = children.columns.map(({ name }) => name);
  const changes = overwritten(children).map((name) => `${name} = excluded.${name}`);
  return `INSERT INTO ${children.table} (${names.join(', ')}) VALUES (${placeholders(names.length)})
 ON CONFLICT (${children.key.join(', ')}) DO UPDATE SET ${changes.join(', ')}`;
}
