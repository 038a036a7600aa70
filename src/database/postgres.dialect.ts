import type { DataSource } from 'typeorm';
import type { Dialect, FaultKind, FreshRows, IndexStretch, SchemaProblem, TakenRows, UpsertTarget } from './dialect';
import { faultCode, isConnectionFault } from './fault';
import { changeGuarded } from './postgres.guarded-change';
import { mergeRows } from './postgres.merge-rows';
import { valuesParams, valuesRow, type Row, type UnitOfWork } from './unit-of-work';

/** 08 connection, 53 resources (disk full, too many connections), 57P operator, 58 system, 28 login, 25006 read-only. */
const UNAVAILABLE = /^(08|53|57P|58|28|25006|3D000|57014)/;
/** Serialization failure, deadlock; a pooler between us and the server has lost or mixed up a prepared statement. */
const CONFLICT = /^(40001|40P01|55P03|26000|42P05)$/;

/** PostgreSQL 12 and later. */
export const postgresDialect: Dialect = {
  family: 'postgres',
  // Stable within a statement, so that an index can be asked with it; clock_timestamp() could not.
  now: '(extract(epoch from statement_timestamp()) * 1000)::bigint',
  maxTextBytes: Number.POSITIVE_INFINITY,
  // pg sends a Buffer in binary, which for text is its UTF-8: no string is made, kept and encoded again.
  textParameter: (bytes) => bytes,
  lockRows: 'FOR UPDATE',
  lockFreeRows: 'FOR UPDATE SKIP LOCKED',
  maxTakenRows: Number.POSITIVE_INFINITY,
  concurrentRecordings: 2,
  byIndex: () => '',
  restated: () => '',
  latestOf,
  insertFresh,
  takeRows,
  changeGuarded,
  mergeRows,
  upsert,
  classify,
  isDuplicate,
  schemaProblem,
  durabilityWarnings,
};

/** One statement and so one round trip: parent and children, told apart by what was really inserted. */
function insertFresh(fresh: FreshRows): UnitOfWork<ReadonlySet<string>> {
  const { table, columns, rows, identity, children } = fresh;
  const sql = `WITH fresh AS (INSERT INTO ${table} (${columns.join(', ')}) VALUES ${rows.map(valuesRow).join(', ')}
 ON CONFLICT (${identity.join(', ')}) DO NOTHING RETURNING id),
 child (${children.columns.join(', ')}) AS (VALUES ${castValuesList(children.rows)}),
 kept AS (INSERT INTO ${children.table} (${children.columns.join(', ')})
 SELECT child.* FROM child JOIN fresh ON fresh.id = child.${children.columns[0] ?? 'id'})
 SELECT id FROM fresh`;
  return {
    single: true,
    *steps() {
      const inserted = yield { sql, params: [...valuesParams(rows), ...children.rows.flat()], prepare: true };
      return new Set(inserted.map(({ id }) => String(id)));
    },
  };
}

/**
 * Told with `=`, the planner could as well walk the primary key and pass over what is something else, since it does not
 * know where in the table a value is frequent: over millions of rows, when its last one is long ago. No other index
 * than the right one has this order, and rows that are compared as a whole say where in it to begin.
 */
function latestOf({ column, value, literal, only, fromId, beforeId }: IndexStretch): ReturnType<Dialect['latestOf']> {
  const own = literal ? `'${value}'` : '?';
  const values = literal ? [] : [value];
  const between = `(${column}, id) >= (${own}, ?) AND (${column}, id) < (${own}, ?)`;
  return {
    // Not `<=` as well: the scan would begin where that says, and pass over what the second row comparison shuts out.
    where: `${only === undefined ? '' : `${only} AND `}${column} >= ${own} AND ${between}`,
    order: `${column} DESC, id DESC`,
    params: [...values, ...values, fromId, ...values, beforeId],
  };
}

/** A bare VALUES list takes its column types from its first row. */
function castValuesList(rows: readonly (readonly unknown[])[]): string {
  return rows
    .map((row) => `(${row.map((value) => (typeof value === 'number' ? '?::int' : '?::text')).join(', ')})`)
    .join(', ');
}

/**
 * MATERIALIZED keeps the planner from running the limited pick again for each row it joins. Not prepared: after a few
 * calls the server would keep one plan, and one that was made while the table was empty reads it from end to end.
 */
function takeRows({ table, pick, pickParams, limit, set, setParams, returning }: TakenRows): UnitOfWork<Row[]> {
  const sql = `WITH picked AS MATERIALIZED (SELECT id FROM ${table} ${pick} LIMIT ${limit} FOR UPDATE SKIP LOCKED)
 UPDATE ${table} AS taken SET ${set} FROM picked WHERE taken.id = picked.id
 RETURNING ${returning.map((column) => `taken.${column}`).join(', ')}`;
  return {
    single: true,
    *steps() {
      return yield { sql, params: [...pickParams, ...setParams] };
    },
  };
}

function upsert({ table, columns, from, key, update }: UpsertTarget): string {
  const changes = update.map((column) => `${column} = excluded.${column}`).join(', ');
  return `INSERT INTO ${table} (${columns.join(', ')}) ${from} ON CONFLICT (${key.join(', ')}) DO ${
    changes === '' ? 'NOTHING' : `UPDATE SET ${changes}`
  }`;
}

function classify(error: unknown): FaultKind {
  const code = faultCode(error);
  if (CONFLICT.test(code)) {
    return 'conflict';
  }
  return UNAVAILABLE.test(code) || isConnectionFault(error) ? 'unavailable' : 'refused';
}

function isDuplicate(error: unknown): boolean {
  return faultCode(error) === '23505';
}

async function schemaProblem(dataSource: DataSource): Promise<SchemaProblem | null> {
  const [row] = await dataSource.query<Row[]>('SHOW server_encoding');
  const encoding = String(row?.server_encoding);
  // SQL_ASCII is no encoding at all: it keeps bytes as they come.
  return ['UTF8', 'SQL_ASCII'].includes(encoding)
    ? null
    : {
        problem: `its database is encoded in ${encoding}, which does not have every character`,
        wayOut: 'Use a database with the encoding UTF8.',
      };
}

async function durabilityWarnings(dataSource: DataSource): Promise<readonly string[]> {
  const [row] = await dataSource.query<Row[]>(
    `SELECT current_setting('synchronous_commit') AS synchronous_commit, current_setting('fsync') AS fsync`,
  );
  return ['synchronous_commit', 'fsync']
    .filter((setting) => row?.[setting] === 'off')
    .map((setting) => `${setting} is off: a crash of the database loses events that were acknowledged just before.`);
}
