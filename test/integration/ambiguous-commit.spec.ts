import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { OnStripeEvent, type StripeEventOf, type StripeHandlerContext } from 'nestjs-stripe-events';
import { buildEvent, waitForEvent } from 'nestjs-stripe-events/testing';
import type { QueryRunner } from 'typeorm';
import { databases } from '../support/databases';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';

/** What happens when the first transaction is to be committed. */
type Commit = (runner: QueryRunner, commit: () => Promise<void>) => Promise<void>;

const LOST = Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
let firstCommit: Commit;
let calls: number;

@Injectable()
class Writer {
  @OnStripeEvent('price.created', { id: 'writer', transactional: true })
  async write({ id }: StripeEventOf<'price.created'>, { manager }: StripeHandlerContext): Promise<void> {
    calls += 1;
    await manager.query(`INSERT INTO effect (name) VALUES ('${id}')`);
    // The handler has a double of the runner that the transaction is committed with.
    const runner = Object.getPrototypeOf(manager.queryRunner) as QueryRunner;
    if (calls === 1) {
      const commit = runner.commitTransaction.bind(runner);
      runner.commitTransaction = () => {
        // SQLite has one runner for all transactions.
        runner.commitTransaction = commit;
        return firstCommit(runner, commit);
      };
    }
  }
}

describe.each(databases)('a connection that breaks during the commit of a handler, on $name', (database) => {
  let ledger: LedgerApp;

  beforeEach(async () => {
    calls = 0;
    const processing = { backoff: { baseMs: 1 }, sweepMs: 20 };
    ledger = await startLedgerApp({ database, platform: platforms[0]!, providers: [Writer], stripe: { processing } });
    await ledger.dataSource.query('CREATE TABLE effect (name VARCHAR(64) NOT NULL)');
  });
  afterEach(() => ledger.close());

  async function effectsOf(commit: Commit): Promise<{ effects: unknown[]; id: string; attempts: number }> {
    firstCommit = commit;
    const event = buildEvent({ type: 'price.created' });
    await ledger.deliver(event);
    const { attempts } = await waitForEvent(ledger.app, String(event.id), 'succeeded');
    const effects: unknown[] = await ledger.dataSource.query('SELECT name FROM effect');
    return { effects, id: String(event.id), attempts };
  }

  it('after it was done: its effect is there once, and it is not called again', async () => {
    const { effects, id, attempts } = await effectsOf(async (_runner, commit) => {
      await commit();
      throw LOST;
    });

    expect(effects).toEqual([{ name: id }]);
    expect([calls, attempts]).toEqual([1, 2]);
  });

  it('before it was done: it is called again, and its effect is there once', async () => {
    const { effects, id, attempts } = await effectsOf(async (runner) => {
      await runner.rollbackTransaction();
      throw LOST;
    });

    expect(effects).toEqual([{ name: id }]);
    expect([calls, attempts]).toEqual([2, 2]);
  });
});
