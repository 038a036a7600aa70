import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { EventEntity, OnStripeEvent, type StripeEventOf, type StripeHandlerContext } from 'nestjs-stripe-events';
import { buildEvent } from 'nestjs-stripe-events/testing';
import { sharedDatabase, withOptions, type SharedDatabase } from '../support/database-variants';
import { databases } from '../support/databases';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { deliverAndNote, expectTaken, expectTurnedAway, type Answer } from '../support/noted-delivery';
import { platforms } from '../support/platforms';
import { lockEvents } from '../support/table-lock';
import { waitUntil } from '../support/wait-until';

const [platform] = platforms;
const SOME = Array.from({ length: 40 });
const PATIENT = { storageTimeoutMs: 25_000 };

@Injectable()
class Handlers {
  @OnStripeEvent('invoice.paid', { id: 'plain' })
  async plain({ id }: StripeEventOf<'invoice.paid'>, { manager }: StripeHandlerContext): Promise<void> {
    await manager.query(`INSERT INTO effect (name) VALUES ('plain ${id}')`);
  }

  @OnStripeEvent('invoice.paid', { id: 'transactional', transactional: true })
  async transactional({ id }: StripeEventOf<'invoice.paid'>, { manager }: StripeHandlerContext): Promise<void> {
    await manager.query(`INSERT INTO effect (name) VALUES ('transactional ${id}')`);
  }
}

describe.each(databases)('deliveries to $name', (kind) => {
  let shared: SharedDatabase;
  let ledger: LedgerApp;

  afterEach(async () => {
    await ledger.close();
    await shared.database.drop();
  });

  it('are taken and handled with a single connection for everything', async () => {
    shared = await sharedDatabase(kind);
    const database = kind.family === 'sqlite' ? shared.kind : withOptions(shared.kind, { poolSize: 1 });
    const stripe = { ...PATIENT, processing: { sweepMs: 50 } };
    ledger = await startLedgerApp({ database, platform: platform!, providers: [Handlers], stripe });
    await ledger.dataSource.query('CREATE TABLE effect (name VARCHAR(64) NOT NULL)');
    const events = SOME.map(() => buildEvent());

    const answers = await Promise.all(events.map((event) => deliverAndNote(ledger, event)));

    answers.forEach((answer) => expectTaken(answer, { duplicate: false }));
    const succeeded = () => ledger.dataSource.getRepository(EventEntity).countBy({ status: 'succeeded' });
    await waitUntil('all are handled', async () => (await succeeded()) === events.length);
    const effects: { name: string }[] = await ledger.dataSource.query('SELECT name FROM effect');
    const expected = events.flatMap(({ id }) => [`plain ${String(id)}`, `transactional ${String(id)}`]);
    expect(effects.map(({ name }) => name).sort()).toEqual(expected.sort());
  });

  it('are turned away at once when as many wait as may wait, and those that wait are taken', async () => {
    shared = await sharedDatabase(kind);
    const stripe = { ...PATIENT, maxWaitingDeliveries: 5, processing: false } as const;
    ledger = await startLedgerApp({ database: shared.kind, platform: platform!, stripe });
    // What waits, and what is under way: one event, and beside it, where there is more than one connection, a batch.
    const most = 5 + 1 + (kind.family === 'sqlite' ? 0 : 5);
    const answered: Answer[] = [];
    const lock = await lockEvents(shared.database.dataSourceOptions());

    const deliveries = SOME.map(async () => {
      answered.push(await deliverAndNote(ledger, buildEvent()));
    });
    await waitUntil('the others have been answered', () => answered.length >= SOME.length - most);
    const turnedAway = [...answered];
    await lock.release();
    await Promise.all(deliveries);

    turnedAway.forEach(expectTurnedAway);
    const waited = answered.slice(turnedAway.length);
    expect(waited.map(({ status }) => status)).toContain(200);
    waited.filter(({ status }) => status === 503).forEach(expectTurnedAway);
    expect(await ledger.dataSource.getRepository(EventEntity).count()).toBe(
      answered.filter(({ status }) => status === 200).length,
    );
    expectTaken(await deliverAndNote(ledger, buildEvent()), { duplicate: false });
  });
});
