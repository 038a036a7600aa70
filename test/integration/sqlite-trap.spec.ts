import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { EventEntity, OnStripeEvent, type StripeEventOf, type StripeHandlerContext } from 'nestjs-stripe-events';
import { buildEvent, waitForEvent } from 'nestjs-stripe-events/testing';
import { EventRecorder } from '../../src/events';
import { databases, memoryDatabase } from '../support/databases';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { waitUntil } from '../support/wait-until';

/** How the handler's transaction is held open, and that it was reached. */
let gate: Promise<void>;
let reached: () => void;

@Injectable()
class Handlers {
  @OnStripeEvent('plan.created', { id: 'failing', transactional: true, maxAttempts: 1 })
  async fail({ id }: StripeEventOf<'plan.created'>, { manager }: StripeHandlerContext): Promise<void> {
    await manager.query(`INSERT INTO note (name) VALUES ('${id}')`);
    reached();
    await gate;
    throw new Error('undone');
  }
}

class Undone extends Error {}

// One connection a data source: what one flow sends while another has a transaction open would be undone with it.
const sqlite = [memoryDatabase, ...databases.filter(({ family }) => family === 'sqlite')];

describe.each(sqlite)('deliveries while a transaction of the application is open, on $name', (database) => {
  let ledger: LedgerApp;

  beforeEach(async () => {
    // A database in memory has one connection: there a delivery waits for the application's transaction to end.
    const stripe = { storageTimeoutMs: 20_000, processing: { sweepMs: 20 } };
    ledger = await startLedgerApp({ database, platform: platforms[0]!, providers: [Handlers], stripe });
    await ledger.dataSource.query('CREATE TABLE note (name VARCHAR(64) NOT NULL)');
  });
  afterEach(() => ledger.close());

  const notes = (): Promise<{ name: string }[]> => ledger.dataSource.query('SELECT name FROM note ORDER BY name');

  /** Delivers while the transaction is open, which goes on when every delivery has tried to be stored. */
  async function deliverDuring(transaction: (meanwhile: () => Promise<void>) => Promise<unknown>): Promise<string[]> {
    const events = Array.from({ length: 20 }, () => buildEvent({ type: 'charge.succeeded' }));
    const recording = jest.spyOn(ledger.app.get(EventRecorder, { strict: false }), 'record');
    let answers: Promise<Response[]> = Promise.resolve([]);
    await transaction(async () => {
      answers = Promise.all(events.map((event) => ledger.deliver(event)));
      await waitUntil('every delivery is being stored', () => recording.mock.calls.length === events.length);
      // Turns of the event loop: a statement that nothing keeps waiting is sent in the next one.
      for (let index = 0; index < 10; index += 1) {
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    expect((await answers).map(({ status }) => status)).toEqual(events.map(() => 200));
    return events.map(({ id }) => String(id));
  }

  async function expectStored(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await waitForEvent(ledger.app, id, 'ignored');
    }
    const stored = await ledger.dataSource.getRepository(EventEntity).find();
    expect(stored.map(({ stripeId }) => stripeId).filter((id) => ids.includes(id))).toHaveLength(ids.length);
  }

  it('are kept when it rolls back', async () => {
    const ids = await deliverDuring((meanwhile) =>
      ledger.dataSource
        .transaction(async (manager) => {
          await manager.query("INSERT INTO note (name) VALUES ('undone')");
          await meanwhile();
          throw new Undone();
        })
        .catch((error: unknown) => expect(error).toBeInstanceOf(Undone)),
    );

    await expectStored(ids);
    expect(await notes()).toEqual([]);
  });

  it('are kept when its query runner rolls back', async () => {
    const runner = ledger.dataSource.createQueryRunner();
    const ids = await deliverDuring(async (meanwhile) => {
      await runner.startTransaction();
      await runner.query("INSERT INTO note (name) VALUES ('undone')");
      await meanwhile();
      await runner.rollbackTransaction();
      await runner.release();
    });

    await expectStored(ids);
    expect(await notes()).toEqual([]);
  });

  it('do not undo what it commits', async () => {
    const ids = await deliverDuring((meanwhile) =>
      ledger.dataSource.transaction(async (manager) => {
        await manager.query("INSERT INTO note (name) VALUES ('kept')");
        await meanwhile();
      }),
    );

    await expectStored(ids);
    expect(await notes()).toEqual([{ name: 'kept' }]);
  });

  it('are kept when a transactional handler fails', async () => {
    let open: () => void = () => undefined;
    gate = new Promise((resolve) => {
      open = resolve;
    });
    const started = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const failing = buildEvent({ type: 'plan.created' });
    expect((await ledger.deliver(failing)).status).toBe(200);
    await started;

    const ids = await deliverDuring(async (meanwhile) => {
      await meanwhile();
      open();
    });

    await expectStored(ids);
    await waitForEvent(ledger.app, String(failing.id), 'dead');
    expect(await notes()).toEqual([]);
  });
});
