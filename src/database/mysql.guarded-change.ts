import { heldRows, overwritten, type GuardedChange, type GuardedRow } from './guarded-change';
import { placeholders, unitOfWork, type Statement, type UnitOfWork } from './unit-of-work';

/** Three statements, whatever the rows: lock in one order, children, one UPDATE in which each row has its own values. */
export function changeGuarded(change: GuardedChange): UnitOfWork<ReadonlySet<GuardedRow>> {
  return unitOfWork(function* () {
    const locked = yield lock(change);
    const standing = locked.filter(({ stands }) => Boolean(stands));
    const held = heldRows(change.rows, standing);
    const children = [...held].flatMap((row) => row.children);
    if (change.children !== undefined && children.length > 0) {
      yield upsert(change.children, children);
    }
    const changed = [...held].filter(({ values }) => values !== null);
    if (changed.length > 0) {
      yield update(change, changed);
    }
    return held;
  });
}

/** The condition is asked of the rows that were found by their ids: as a part of the search it could choose an index. */
function lock({ table, condition, versionColumn, rows }: GuardedChange): Statement {
  const ids = padded(rows.map(({ id }) => id));
  return {
    sql: `SELECT id, ${versionColumn} AS version, (${condition}) AS stands FROM ${table} WHERE id IN (${placeholders(ids.length)}) ORDER BY id FOR UPDATE`,
    params: ids,
  };
}

function upsert(children: NonNullable<GuardedChange['children']>, values: readonly (readonly unknown[])[]): Statement {
  const rows = padded(values);
  const row = `(${placeholders(children.columns.length)})`;
  const changes = overwritten(children).map((name) => `${name} = VALUES(${name})`);
  return {
    sql: `INSERT INTO ${children.table} (${children.columns.map(({ name }) => name).join(', ')})
 VALUES ${rows.map(() => row).join(', ')} ON DUPLICATE KEY UPDATE ${changes.join(', ')}`,
    params: rows.flat(),
  };
}

function update({ table, changes }: GuardedChange, changed: readonly GuardedRow[]): Statement {
  const rows = padded(changed);
  const own = `CASE id ${rows.map(() => 'WHEN ? THEN ?').join(' ')} END`;
  return {
    sql: `UPDATE ${table} SET ${changes.map(({ sql }) => sql.replace('?', own)).join(', ')} WHERE id IN (${placeholders(rows.length)})`,
    params: [
      ...changes.flatMap((_, index) => rows.flatMap(({ id, values }) => [id, values?.[index] ?? null])),
      ...rows.map(({ id }) => id),
    ],
  };
}

/**
 * The list with its last one repeated until there are 1, 2, 4, 8, … of them: the server keeps each text it was sent, and
 * the first time costs a round trip, so there must not be as many texts as there are sizes.
 */
function padded<T>(list: readonly T[]): T[] {
  const last = list.slice(-1);
  const missing = 2 ** Math.ceil(Math.log2(list.length)) - list.length;
  return [...list, ...Array.from({ length: missing }, () => last).flat()];
}
