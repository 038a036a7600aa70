import { expect, it } from '@jest/globals';
import { SchemaUnsafeError } from 'nestjs-stripe-events';
import { LedgerLifecycle } from '../../src/stripe.lifecycle';
import { sharedDatabase, withOptions } from '../support/database-variants';
import { databases, type DatabaseKind } from '../support/databases';
import { openLedgerTables } from './ledger-tables';

const mysql = databases.filter(({ family }) => family === 'mysql');
const postgres = databases.filter(({ family }) => family === 'postgres');

/** How a start fails on a database of this kind that the changes were made to. */
async function failureOf(kind: DatabaseKind, ...changes: string[]): Promise<unknown> {
  const tables = await openLedgerTables(kind);
  try {
    for (const change of changes) await tables.database.query(change);
    return await new LedgerLifecycle(tables.database).onModuleInit().catch((error: unknown) => error);
  } finally {
    await tables.close();
  }
}

function expectUnsafe(failure: unknown, words: RegExp): void {
  expect(failure).toBeInstanceOf(SchemaUnsafeError);
  expect((failure as Error).message).toMatch(words);
}

it.each(mysql)('$name must not compare ids without case', async (kind) => {
  const change = 'ALTER TABLE stripe_event CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci';

  expectUnsafe(await failureOf(kind, change), /utf8mb4_general_ci, which takes ids .* STRIPE_MIGRATIONS/);
});

it.each(mysql)('$name must not compare ids of handlers or customers without case', async (kind) => {
  const folding = 'CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci';

  expectUnsafe(
    await failureOf(kind, `ALTER TABLE stripe_event_handler_run ${folding}`),
    /stripe_event_handler_run.*general_ci/,
  );
  expectUnsafe(await failureOf(kind, `ALTER TABLE stripe_customer ${folding}`), /stripe_customer.*general_ci/);
});

it.each(mysql)('$name is not taken for unsafe because of tables in another database', async (kind) => {
  const { database, kind: shared } = await sharedDatabase(kind);
  const other = `${new URL(database.url).pathname.slice(1)}_0`;
  const make = await openLedgerTables(shared);
  await make.database.query(`CREATE DATABASE ${other}`);
  await make.database.query(`CREATE TABLE ${other}.stripe_event (stripe_id VARCHAR(255) COLLATE utf8mb4_general_ci)`);
  try {
    expect(await failureOf(shared)).toBeUndefined();
  } finally {
    await make.database.query(`DROP DATABASE ${other}`);
    await make.close();
    await database.drop();
  }
});

it.each(mysql)('$name must have every character in its tables', async (kind) => {
  const change = 'ALTER TABLE stripe_event_payload CONVERT TO CHARACTER SET utf8mb3 COLLATE utf8mb3_bin';

  expectUnsafe(
    await failureOf(kind, change),
    /texts \(body\) are kept in utf8mb3, which has no emoji.* STRIPE_MIGRATIONS/,
  );
});

it.each(mysql)('$name must have every character on its connections', async (kind) => {
  // The usual option of former times, under which the driver writes emoji as something else.
  expectUnsafe(
    await failureOf(withOptions(kind, { charset: 'utf8_general_ci' })),
    /speak utf8mb3.* charset: 'utf8mb4'/,
  );
});

it.each(postgres)('$name must have every character in its encoding', async (kind) => {
  const { database, kind: shared } = await sharedDatabase(kind);
  const name = `${new URL(database.url).pathname.slice(1)}_latin1`;
  const options = `ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`;
  const make = await openLedgerTables(shared);
  await make.database.query(`CREATE DATABASE ${name} ${options}`);
  try {
    expectUnsafe(await failureOf(withOptions(shared, { database: name })), /encoded in LATIN1.* encoding UTF8/);
  } finally {
    await make.database.query(`DROP DATABASE ${name}`);
    await make.close();
    await database.drop();
  }
});
