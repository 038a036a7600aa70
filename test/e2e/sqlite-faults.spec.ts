import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import Database from 'better-sqlite3';
import { EventEntity, OnStripeEvent, type StripeHandlerContext } from 'nestjs-stripe-events';
import { buildEvent, testId, waitForEvent } from 'nestjs-stripe-events/testing';
import type { DataSource } from 'typeorm';
import { LedgerDatabase } from '../../src/database';
import { databases } from '../support/databases';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { deliverAndNote, expectTaken, expectTurnedAway } from '../support/noted-delivery';
import { platforms } from '../support/platforms';
import { waitUntil } from '../support/wait-until';

const [platform] = platforms;
const sqlite = databases.find(({ name }) => name === 'sqlite')!;
const handled: string[] = [];

@Injectable()
class Handlers {
  /** What is done to the database at the first call. */
  fault: () => void = () => undefined;
  attempts: number[] = [];

  @OnStripeEvent('invoice.paid')
  onPaid({ id }: { id: string }): void {
    handled.push(id);
  }

  @OnStripeEvent('charge.succeeded', { transactional: true })
  async onSucceeded({ id }: { id: string }, { manager, attempt }: StripeHandlerContext): Promise<void> {
    this.attempts.push(attempt);
    if (attempt === 1) {
      this.fault();
    }
    await manager.query('INSERT INTO effect (name, note) VALUES (?, ?)', [id, 'x'.repeat(200_000)]);
  }
}

/** The connection the ledger has to itself; what is wrong with the file, only SQLite's own connection can be made to say. */
function connectionOf(ledger: LedgerApp): Database.Database {
  const database: unknown = ledger.app.get(LedgerDatabase, { strict: false });
  const { dataSource } = (database as { connection: { dataSource: DataSource } }).connection;
  return (dataSource.driver as unknown as { databaseConnection: Database.Database }).databaseConnection;
}

/** Ways to keep SQLite from writing, and to let it again. */
const FULL = {
  begin: (connection: Database.Database): unknown =>
    connection.pragma(`max_page_count = ${Number(connection.pragma('page_count', { simple: true }))}`),
  end: (connection: Database.Database): unknown => connection.pragma('max_page_count = 4294967294'),
};
const UNWRITABLE = {
  begin: (connection: Database.Database): unknown => connection.pragma('query_only = ON'),
  end: (connection: Database.Database): unknown => connection.pragma('query_only = OFF'),
};

describe('a delivery, when the file of SQLite has a fault', () => {
  let ledger: LedgerApp;

  beforeAll(async () => {
    const stripe = { processing: { sweepMs: 50, backoff: { baseMs: 1 } } };
    ledger = await startLedgerApp({ database: sqlite, platform: platform!, providers: [Handlers], stripe });
  });
  afterAll(() => ledger.close());

  const rowsOf = (stripeId: string): Promise<number> =>
    ledger.dataSource.getRepository(EventEntity).countBy({ stripeId });

  /** The event is turned away during the fault, without a trace, and taken and handled after it. */
  async function expectRecovery(event: { id?: unknown }, fault: { begin: () => void; end: () => void }): Promise<void> {
    const id = String(event.id);
    fault.begin();

    expectTurnedAway(await deliverAndNote(ledger, event));

    fault.end();
    expect(await rowsOf(id)).toBe(0);
    expectTaken(await deliverAndNote(ledger, event), { duplicate: false });
    await waitForEvent(ledger.app, id, 'succeeded');
    expect(handled.filter((other) => other === id)).toEqual([id]);
  }

  it('is turned away while somebody else has it locked', async () => {
    const other = new Database(ledger.dataSource.options.database as string);
    const event = buildEvent();
    other.exec('BEGIN EXCLUSIVE');

    expectTurnedAway(await deliverAndNote(ledger, event));

    other.exec('COMMIT');
    other.close();
    // It may have been stored since, just after it was turned away.
    expect((await deliverAndNote(ledger, event)).status).toBe(200);
    await waitForEvent(ledger.app, String(event.id), 'succeeded');
    expect(await rowsOf(String(event.id))).toBe(1);
  });

  it('is turned away while the disk is full', async () => {
    const connection = connectionOf(ledger);
    const event = buildEvent({ object: { id: testId('in'), object: 'invoice', note: 'x'.repeat(200_000) } });

    await expectRecovery(event, {
      begin: () => void FULL.begin(connection),
      end: () => void FULL.end(connection),
    });
  });

  it('is turned away while the file cannot be written', async () => {
    const connection = connectionOf(ledger);

    await expectRecovery(buildEvent(), {
      begin: () => void UNWRITABLE.begin(connection),
      end: () => void UNWRITABLE.end(connection),
    });
  });

  it("is no duplicate because another unique index turns it away, such as one of the application's", async () => {
    const object = { id: testId('in'), object: 'invoice' };
    const [first, second] = [buildEvent({ object }), buildEvent({ object })];
    expectTaken(await deliverAndNote(ledger, first), { duplicate: false });
    await ledger.dataSource.query(
      `CREATE UNIQUE INDEX one_per_object ON stripe_event (object_id) WHERE object_id = '${object.id}'`,
    );

    expectTurnedAway(await deliverAndNote(ledger, second));
    expectTaken(await deliverAndNote(ledger, first), { duplicate: true });

    await ledger.dataSource.query('DROP INDEX one_per_object');
    expectTaken(await deliverAndNote(ledger, second), { duplicate: false });
  });

  it.each([
    ['is full', FULL],
    ['cannot be written', UNWRITABLE],
  ] as const)('loses none of the effects of a handler in whose transaction it %s', async (_name, fault) => {
    const connection = connectionOf(ledger);
    const handlers = ledger.app.get(Handlers);
    const event = buildEvent({ type: 'charge.succeeded' });
    const begun = new Promise<void>((resolve) => {
      handlers.fault = () => {
        fault.begin(connection);
        resolve();
      };
    });
    handlers.attempts = [];
    await ledger.dataSource.query('CREATE TABLE IF NOT EXISTS effect (name TEXT, note TEXT)');

    expectTaken(await deliverAndNote(ledger, event), { duplicate: false });
    await begun;
    // Until its transaction has failed, and so there is none.
    await waitUntil('the transaction is undone', () => !connection.inTransaction);
    fault.end(connection);

    await waitForEvent(ledger.app, String(event.id), 'succeeded');
    expect(handlers.attempts).toEqual([1, 2]);
    expect(await ledger.dataSource.query('SELECT name FROM effect WHERE name = ?', [event.id])).toEqual([
      { name: event.id },
    ]);
  });
});
