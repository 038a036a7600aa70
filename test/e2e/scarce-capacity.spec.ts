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
const servers = databases.filter(({ family }) => family !== 'sqlite');
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

/** Handlers that hold their transactions until they are let go. */
@Injectable()
class SlowHandlers {
  running = 0;
  most = 0;
  private letGo: () => void = () => undefined;
  private readonly gone = new Promise<void>((resolve) => (this.letGo = resolve));

  @OnStripeEvent('invoice.paid', { id: 'slow', transactional: true })
  async slow({ id }: StripeEventOf<'invoice.paid'>, { manager }: StripeHandlerContext): Promise<void> {
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    await this.gone;
    await manager.query(`INSERT INTO effect (name) VALUES ('${id}')`);
    this.running -= 1;
  }

  finish(): void {
    this.letGo();
  }
}

describe.each(servers)('deliveries to $name, while slow handlers hold their transactions', (kind) => {
  // The last leaves one connection for everything else.
  it.each([
    [10, 6],
    [5, 1],
    [2, 1],
  ])('are taken: of %i connections, %i are lent at a time', async (poolSize, most) => {
    const database = withOptions(kind, { poolSize });
    const stripe = { processing: { sweepMs: 50 } };
    const ledger = await startLedgerApp({ database, platform: platform!, providers: [SlowHandlers], stripe });
    const slow = ledger.app.get(SlowHandlers);
    await ledger.dataSource.query('CREATE TABLE effect (name VARCHAR(64) NOT NULL)');
    const events = SOME.slice(0, 12).map(() => buildEvent());
    const later = buildEvent();

    for (const event of events) {
      expectTaken(await deliverAndNote(ledger, event), { duplicate: false });
    }
    await waitUntil('as many run as may', () => slow.running === most);
    expectTaken(await deliverAndNote(ledger, later), { duplicate: false });
    slow.finish();

    const succeeded = () => ledger.dataSource.getRepository(EventEntity).countBy({ status: 'succeeded' });
    await waitUntil('all are handled', async () => (await succeeded()) === events.length + 1);
    expect(slow.most).toBe(most);
    const effects: { name: string }[] = await ledger.dataSource.query('SELECT name FROM effect');
    expect(effects.map(({ name }) => name).sort()).toEqual([...events, later].map(({ id }) => String(id)).sort());
    await ledger.close();
  });
});

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
