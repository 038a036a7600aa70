import type { DataSource } from 'typeorm';
import { latestOf } from './index-stretch';
import type { Dialect, FaultKind, FreshRows, TakenRows, UpsertTarget } from './dialect';
import { faultCode, isConnectionFault } from './fault';
import { changeGuarded } from './sqlite.guarded-change';
import { mergeRows } from './sqlite.merge-rows';
import { placeholders, unitOfWork, valuesParams, valuesRow, type Row, type UnitOfWork } from './unit-of-work';

/** SQLite 3.42 and later (`unixepoch('subsec')`), through better-sqlite3. */
export const sqliteDialect: Dialect = {
  family: 'sqlite',
  now: "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
  maxTextBytes: Number.POSITIVE_INFINITY,
  textParameter: (bytes) => bytes.toString('utf8'),
  lockRows: '',
  lockFreeRows: '',
  // The process waits for each statement: so many take about 50 ms.
  maxTakenRows: 10_000,
  concurrentRecordings: 1,
  byIndex: (name) => `INDEXED BY ${name}`,
  restated: (condition) => `${condition} AND `,
  latestOf,
  insertFresh,
  takeRows,
  changeGuarded,
  mergeRows,
  upsert,
  classify,
  isDuplicate,
  schemaProblem: () => Promise.resolve(null),
  durabilityWarnings,
};

function insertFresh({ table, columns, rows, identity, children }: FreshRows): UnitOfWork<ReadonlySet<string>> {
  const insert = (row: readonly unknown[]): string =>
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${valuesRow(row)} ON CONFLICT (${identity.join(', ')}) DO NOTHING RETURNING id`;
  const insertChild = `INSERT INTO ${children.table} (${children.columns.join(', ')}) VALUES (${placeholders(children.columns.length)})`;
  // Row by row: nothing travels, and one short statement is compiled once, whatever the size of the batch.
  return unitOfWork(function* () {
    const fresh = new Set<string>();
    for (const row of rows) {
      const inserted = yield { sql: insert(row), params: valuesParams([row]) };
      inserted.forEach(({ id }) => fresh.add(String(id)));
    }
    for (const params of children.rows.filter(([parent]) => fresh.has(String(parent)))) {
      yield { sql: insertChild, params };
    }
    return fresh;
  });
}

function takeRows({ table, pick, pickParams, limit, set, setParams, returning }: TakenRows): UnitOfWork<Row[]> {
  const sql = `UPDATE ${table} SET ${set} WHERE id IN (SELECT id FROM ${table} ${pick} LIMIT ${limit}) RETURNING ${returning.join(', ')}`;
  return {
    single: true,
    *steps() {
      return yield { sql, params: [...setParams, ...pickParams] };
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
  // Busy included: the connection has already waited for its turn.
  return /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|NOTADB|CORRUPT|PROTOCOL)/.test(code) ||
    isConnectionFault(error)
    ? 'unavailable'
    : 'refused';
}

function isDuplicate(error: unknown): boolean {
  return faultCode(error) === 'SQLITE_CONSTRAINT_UNIQUE';
}

/** The ledger's own connection is set to FULL, so a file keeps what was acknowledged, where its journal is on disk. */
async function durabilityWarnings(dataSource: DataSource): Promise<readonly string[]> {
  if (dataSource.options.database === ':memory:') {
    return ['the database is in memory: events are gone when the process ends.'];
  }
  const [row] = await dataSource.query<Row[]>('PRAGMA journal_mode');
  const mode = String(row?.journal_mode);
  return ['off', 'memory'].includes(mode)
    ? [`journal_mode is ${mode}: a crash during a commit can destroy the file.`]
    : [];
}
