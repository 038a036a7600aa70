import { afterEach, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type Database from 'better-sqlite3';
import { LedgerLifecycle } from '../../src/stripe.lifecycle';
import { postgresAt, withOptions } from '../support/database-variants';
import { databases, memoryDatabase, type DatabaseKind } from '../support/databases';
import { startPostgresServer } from '../support/embedded-postgres';
import { LogLines } from '../support/log-lines';
import { openLedgerTables } from './ledger-tables';

afterEach(() => {
  Logger.overrideLogger(false);
});

/** What is said at start, on a database of this kind that the changes were made to. */
async function saidAtStart(kind: DatabaseKind, ...changes: string[]): Promise<string[]> {
  const log = new LogLines();
  const tables = await openLedgerTables(kind);
  try {
    for (const change of changes) await tables.database.query(change);
    Logger.overrideLogger(log);
    await new LedgerLifecycle(tables.database).onModuleInit();
    return log.lines;
  } finally {
    await tables.close();
  }
}

function pragma(text: string): object {
  return { prepareDatabase: (connection: Database.Database): unknown => connection.pragma(text) };
}

const ofFamily = (family: DatabaseKind['family']): DatabaseKind[] => databases.filter((kind) => kind.family === family);

const [sqlite] = ofFamily('sqlite');

it.each(databases)('nothing is said about $name as it comes', async (kind) => {
  expect(await saidAtStart(kind)).toEqual([]);
});

it.each(ofFamily('postgres'))('$name is said to lose events with synchronous_commit off', async (kind) => {
  const said = await saidAtStart(withOptions(kind, { extra: { options: '-c synchronous_commit=off' } }));

  expect(said).toEqual([expect.stringMatching(/^warn Acknowledged events can be lost: synchronous_commit is off/)]);
});

it('a PostgreSQL is said to lose events with fsync off', async () => {
  const server = await startPostgresServer({ fsync: 'off' });
  try {
    const said = await saidAtStart(postgresAt(server.url));

    expect(said).toEqual([expect.stringMatching(/^warn Acknowledged events can be lost: fsync is off/)]);
  } finally {
    await server.remove();
  }
});

it('SQLite in memory is said to lose events', async () => {
  expect(await saidAtStart(memoryDatabase)).toEqual([expect.stringContaining('the database is in memory')]);
});

it('SQLite is said to lose events without a journal on disk', async () => {
  expect(await saidAtStart(withOptions(sqlite!, pragma('journal_mode = MEMORY')))).toEqual([
    expect.stringContaining('journal_mode is memory'),
  ]);
});

it('the ledger waits for the disk, also where the application has told SQLite not to', async () => {
  const tables = await openLedgerTables(withOptions(sqlite!, pragma('synchronous = OFF')));

  expect(await tables.database.dataSource.query('PRAGMA synchronous')).toEqual([{ synchronous: 0 }]);
  expect(await tables.database.query('PRAGMA synchronous')).toEqual([{ synchronous: 2 }]);
  await tables.close();
});
