import type { FreshRows } from './dialect';
import { unitOfWork, valuesParams, valuesRow, type Row, type Statement, type UnitOfWork } from './unit-of-work';

/**
 * Inserts, then asks which rows are there: MySQL has no RETURNING, reports the same count for a new row and a duplicate,
 * and INSERT IGNORE would also ignore truncation.
 */
export function insertFresh(fresh: FreshRows): UnitOfWork<ReadonlySet<string>> {
  const { table, columns, rows, identity, children } = fresh;
  const own = identity[0] ?? 'id';
  const insert = `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${rows.map(valuesRow).join(', ')} ON DUPLICATE KEY UPDATE ${own} = ${table}.${own}`;
  const ids = new Set(rows.map(([id]) => String(id)));
  const identities = identitiesOf(fresh);
  return unitOfWork(function* () {
    yield { sql: insert, params: valuesParams(rows) };
    const stored = yield rowsOf(fresh, identities);
    if (stored.length !== identities.length) {
      // ON DUPLICATE KEY means any unique index: what another one turned away is no duplicate, it is not there.
      throw new Error('A row was turned away by a unique index that is not the one of its identity.');
    }
    const inserted = new Set(stored.map(({ id }) => String(id)).filter((id) => ids.has(id)));
    yield* insertChildren(children, inserted);
    return inserted;
  });
}

/** What identifies the rows, each once. */
function identitiesOf({ columns, rows, identity }: FreshRows): readonly (readonly unknown[])[] {
  const positions = identity.map((column) => columns.indexOf(column));
  const all = rows.map((row) => positions.map((position) => row[position]));
  return [...new Map(all.map((values) => [JSON.stringify(values), values])).values()];
}

function rowsOf({ table, identity }: FreshRows, identities: readonly (readonly unknown[])[]): Statement {
  const one = `(${identity.map((column) => `${column} = ?`).join(' AND ')})`;
  return {
    sql: `SELECT id FROM ${table} WHERE ${identities.map(() => one).join(' OR ')}`,
    params: identities.flat(),
  };
}

function* insertChildren(
  children: FreshRows['children'],
  parents: ReadonlySet<string>,
): Generator<Statement, void, Row[]> {
  const rows = children.rows.filter(([parent]) => parents.has(String(parent)));
  if (rows.length > 0) {
    const sql = `INSERT INTO ${children.table} (${children.columns.join(', ')}) VALUES ${rows.map(valuesRow).join(', ')}`;
    yield { sql, params: valuesParams(rows) };
  }
}
