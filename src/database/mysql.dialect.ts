import type { DataSource } from 'typeorm';
import { latestOf } from './index-stretch';
import type { Dialect, FaultKind, TakenRows, UpsertTarget } from './dialect';
import { faultCode, faultNumber, isConnectionFault } from './fault';
import { changeGuarded } from './mysql.guarded-change';
import { insertFresh } from './mysql.insert-fresh';
import { mergeRows } from './mysql.merge-rows';
import { schemaProblem } from './mysql.schema-problem';
import { placeholders, unitOfWork, type Row, type UnitOfWork } from './unit-of-work';

/** Deadlock, lock wait timeout. */
const CONFLICT = new Set([1213, 1205]);
/** Too many connections, shutdown, disk or table full, read-only, server gone, login. */
const UNAVAILABLE = new Set([
  1040, 1053, 1021, 1114, 1290, 1792, 1836, 2002, 2003, 2006, 2013, 1044, 1045, 1049, 3024, 1969,
]);

/** MySQL 8 and MariaDB 10.6 and later: the first ones with SKIP LOCKED. */
export const mysqlDialect: Dialect = {
  family: 'mysql',
  // Not by way of the session's time zone, where an hour comes twice when summer time ends.
  now: "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000",
  maxTextBytes: 65_535,
  textParameter: (bytes) => bytes.toString('utf8'),
  lockRows: 'FOR UPDATE',
  lockFreeRows: 'FOR UPDATE SKIP LOCKED',
  maxTakenRows: 10_000,
  concurrentRecordings: 2,
  byIndex: (name) => `FORCE INDEX (${name})`,
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

/** Picks in one statement and changes in the next: single-statement forms deadlock against each other. */
function takeRows({ table, pick, pickParams, limit, set, setParams, returning }: TakenRows): UnitOfWork<Row[]> {
  return unitOfWork<Row[]>(function* () {
    const picked = yield {
      sql: `SELECT id FROM ${table} ${pick} LIMIT ${limit} FOR UPDATE SKIP LOCKED`,
      params: pickParams,
    };
    if (picked.length === 0) {
      return [];
    }
    const ids = picked.map(({ id }) => id);
    const these = `WHERE id IN (${placeholders(ids.length)})`;
    yield { sql: `UPDATE ${table} SET ${set} ${these}`, params: [...setParams, ...ids] };
    if (returning.every((column) => column === 'id')) {
      return picked;
    }
    return yield { sql: `SELECT ${returning.join(', ')} FROM ${table} ${these}`, params: ids };
  });
}

function upsert({ table, columns, from, update, key }: UpsertTarget): string {
  const own = key[0] ?? 'id';
  const changes = update.map((column) => `${column} = VALUES(${column})`).join(', ');
  return `INSERT INTO ${table} (${columns.join(', ')}) ${from} ON DUPLICATE KEY UPDATE ${changes === '' ? `${own} = ${table}.${own}` : changes}`;
}

function classify(error: unknown): FaultKind {
  const errno = faultNumber(error);
  if (CONFLICT.has(errno)) {
    return 'conflict';
  }
  const lost = faultCode(error) === 'PROTOCOL_CONNECTION_LOST' || isConnectionFault(error);
  return lost || UNAVAILABLE.has(errno) ? 'unavailable' : 'refused';
}

function isDuplicate(error: unknown): boolean {
  return faultNumber(error) === 1062;
}

async function durabilityWarnings(dataSource: DataSource): Promise<readonly string[]> {
  const [row] = await dataSource.query<Row[]>('SELECT @@innodb_flush_log_at_trx_commit AS flush_mode');
  return Number(row?.flush_mode) === 1
    ? []
    : [
        'innodb_flush_log_at_trx_commit is not 1: a crash of the database loses events that were acknowledged just before.',
      ];
}
