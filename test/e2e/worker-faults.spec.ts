import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { OnStripeEvent, type StripeEventOf, type StripeHandlerContext } from 'nestjs-stripe-events';
import { buildEvent, waitForEvent } from 'nestjs-stripe-events/testing';
import { databases } from '../support/databases';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { deliverAndNote, expectTaken } from '../support/noted-delivery';
import { platforms } from '../support/platforms';
import { FaultyTable } from '../support/sql-faults';

const servers = databases.filter(({ family }) => family !== 'sqlite');
const [platform] = platforms;

const FAULTS = {
  postgres: { full: '53100', conflict: '40001', poison: 'P0001' },
  mysql: { full: '1114', conflict: '1213', poison: '1644' },
};
/** Twice in a row is often enough, except where a unit of work is tried again at once: four times. */
const TIMES = 2;
const TIMES_IN_CONFLICT = 6;
const HANDLED_WITHIN_MS = 30_000;

const called: string[] = [];

@Injectable()
class Handlers {
  @OnStripeEvent('invoice.paid', { id: 'plain' })
  plain({ id }: StripeEventOf<'invoice.paid'>): void {
    called.push(id);
  }

  @OnStripeEvent('charge.succeeded', { id: 'transactional', transactional: true })
  async transactional({ id }: StripeEventOf<'charge.succeeded'>, { manager }: StripeHandlerContext): Promise<void> {
    called.push(id);
    await manager.query(`INSERT INTO effect (name) VALUES ('${id}')`);
  }
}

/** An error that nobody handles fails these tests by itself: Jest listens for them. */
describe.each(servers)('a worker, when $name has a fault', (database) => {
  const faults = FAULTS[database.family as keyof typeof FAULTS];
  let ledger: LedgerApp;

  beforeAll(async () => {
    const stripe = { processing: { sweepMs: 20, backoff: { baseMs: 1, maxMs: 10 } } };
    ledger = await startLedgerApp({ database, platform: platform!, providers: [Handlers], stripe });
    await ledger.dataSource.query('CREATE TABLE effect (name VARCHAR(64) NOT NULL)');
  });
  afterAll(() => ledger.close());
  beforeEach(() => void (called.length = 0));

  const kinds = [
    ['a full disk', faults.full, TIMES],
    ['conflicts', faults.conflict, TIMES_IN_CONFLICT],
    ['rows it cannot take', faults.poison, TIMES],
  ] as const;

  /** The event is handled in spite of the table's fault, which was met. */
  async function handledInSpiteOf(table: FaultyTable, code: string, times: number, type: string): Promise<string> {
    await table.refuseFirst(times, code);
    const event = buildEvent({ type });
    expectTaken(await deliverAndNote(ledger, event), { duplicate: false });
    await waitForEvent(ledger.app, String(event.id), 'succeeded', HANDLED_WITHIN_MS);
    await table.heal();
    expect(await table.timesAsked()).toBeGreaterThan(times);
    return String(event.id);
  }

  it.each(kinds)('that claims meets with %s, and goes on when that is over', async (_fault, code, times) => {
    const id = await handledInSpiteOf(
      new FaultyTable(ledger.dataSource, 'stripe_event', 'UPDATE'),
      code,
      times,
      'invoice.paid',
    );

    expect(called).toEqual([id]);
  });

  it.each(kinds)('that records a run meets with %s, and calls its handler once', async (_fault, code, times) => {
    const id = await handledInSpiteOf(
      new FaultyTable(ledger.dataSource, 'stripe_event_handler_run'),
      code,
      times,
      'invoice.paid',
    );

    expect(called).toEqual([id]);
  });

  it.each(kinds)(
    'that commits a handler’s transaction meets with %s, and the effect is there once',
    async (_fault, code, times) => {
      const runs = new FaultyTable(ledger.dataSource, 'stripe_event_handler_run');
      const id = await handledInSpiteOf(runs, code, times, 'charge.succeeded');

      expect(called.length).toBeGreaterThan(1);
      expect(await ledger.dataSource.query(`SELECT name FROM effect WHERE name = '${id}'`)).toEqual([{ name: id }]);
    },
  );
});
