import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { OnStripeEvent, RetryEventError, type StripeEventOf, type StripeHandlerContext } from 'nestjs-stripe-events';
import { buildEvent, waitForEvent } from 'nestjs-stripe-events/testing';
import { EventEntity } from 'nestjs-stripe-events';
import { databases } from '../support/databases';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';

/** What the handlers below are told to do, and what they did. */
class Script {
  readonly calls: string[] = [];
  readonly contexts: StripeHandlerContext[] = [];
  failures = 0;
  hold: Promise<void> = Promise.resolve();
  started: () => void = () => undefined;
}
let script: Script;

@Injectable()
class Handlers {
  @OnStripeEvent('price.created', { id: 'steady' })
  steady(): void {
    script.calls.push('steady');
  }

  @OnStripeEvent('price.created', { id: 'shaky' })
  shaky(): void {
    script.calls.push('shaky');
    script.failures -= 1;
    if (script.failures >= 0) {
      throw new Error('shaky failed');
    }
  }

  @OnStripeEvent('price.updated', { id: 'writer', transactional: true })
  async write(event: StripeEventOf<'price.updated'>, { manager }: StripeHandlerContext): Promise<void> {
    await manager.query(`INSERT INTO effect (name) VALUES ('${event.id}')`);
    script.failures -= 1;
    if (script.failures >= 0) {
      throw new Error('failed after writing');
    }
  }

  @OnStripeEvent('price.deleted', { id: 'hanging', timeoutMs: 30, maxAttempts: 1 })
  async hang(_event: unknown, context: StripeHandlerContext): Promise<void> {
    script.contexts.push(context);
    await new Promise(() => undefined);
  }

  @OnStripeEvent('plan.created', { id: 'later' })
  later(_event: unknown, { attempt }: StripeHandlerContext): void {
    script.calls.push(`attempt ${attempt}`);
    if (script.calls.length < 3) {
      throw new RetryEventError(1);
    }
  }

  @OnStripeEvent('plan.updated', { id: 'slow' })
  async slow(_event: unknown, context: StripeHandlerContext): Promise<void> {
    script.contexts.push(context);
    script.started();
    await script.hold;
  }
}

const [platform] = platforms;

describe.each(databases)('processing, with its events in $name', (database) => {
  let ledger: LedgerApp;

  beforeEach(async () => {
    script = new Script();
    const processing = { backoff: { baseMs: 1 }, sweepMs: 20, shutdownTimeoutMs: 50, maxAttempts: 5 };
    ledger = await startLedgerApp({ database, platform: platform!, providers: [Handlers], stripe: { processing } });
    await ledger.dataSource.query('CREATE TABLE effect (name VARCHAR(64) NOT NULL)');
  });
  afterEach(() => ledger.close());

  async function deliver(type: string): Promise<string> {
    const event = buildEvent({ type });
    expect((await ledger.deliver(event)).status).toBe(200);
    return String(event.id);
  }

  it('runs again only the handler that has not succeeded', async () => {
    script.failures = 2;
    const { attempts } = await waitForEvent(ledger.app, await deliver('price.created'), 'succeeded');

    expect(attempts).toBe(3);
    expect(script.calls.sort()).toEqual(['shaky', 'shaky', 'shaky', 'steady']);
  });

  it('gives up after the last attempt, and says why', async () => {
    script.failures = 100;
    const { lastError } = await waitForEvent(ledger.app, await deliver('price.created'), 'dead');

    expect(script.calls.filter((call) => call === 'shaky')).toHaveLength(5);
    expect(lastError).toContain('shaky failed');
  });

  it('keeps what a transactional handler wrote if, and only if, it succeeded', async () => {
    script.failures = 2;
    const id = await deliver('price.updated');
    await waitForEvent(ledger.app, id, 'succeeded');

    const effects: unknown[] = await ledger.dataSource.query('SELECT name FROM effect');
    expect(effects).toEqual([{ name: id }]);
  });

  it('ends a handler that hangs, through its signal', async () => {
    const { lastError } = await waitForEvent(ledger.app, await deliver('price.deleted'), 'dead');

    expect(lastError).toContain('HandlerTimeoutError');
    expect(script.contexts[0]?.signal.aborted).toBe(true);
  });

  it('uses up no attempt when a handler asks for a delay', async () => {
    const { attempts } = await waitForEvent(ledger.app, await deliver('plan.created'), 'succeeded');

    expect(attempts).toBe(1);
    expect(script.calls).toEqual(['attempt 1', 'attempt 1', 'attempt 1']);
  });

  it('hands an event back at shutdown whose handler does not end', async () => {
    const started = new Promise<void>((resolve) => {
      script.started = resolve;
    });
    script.hold = new Promise(() => undefined);
    const id = await deliver('plan.updated');
    await started;
    const stored = ledger.dataSource.getRepository(EventEntity);
    // The data source closes with the application, so it is asked before its own hook runs.
    const seen: (EventEntity | null)[] = [];
    const destroy = ledger.dataSource.destroy.bind(ledger.dataSource);
    ledger.dataSource.destroy = async () => {
      seen.push(await stored.findOneBy({ stripeId: id }));
      await destroy();
    };

    await ledger.close();

    expect(seen[0]).toMatchObject({ status: 'pending', attempts: 0, leaseUntil: null });
    expect(script.contexts[0]?.signal.aborted).toBe(true);
    ledger = await startLedgerApp({ database, platform: platform! });
  });

  it('takes over the event of a worker that vanished, and refuses what that one still writes', async () => {
    let finish: () => void = () => undefined;
    script.hold = new Promise((resolve) => {
      finish = resolve;
    });
    const started = new Promise<void>((resolve) => {
      script.started = resolve;
    });
    const id = await deliver('plan.updated');
    await started;
    // Another worker has claimed it meanwhile and is done.
    const stored = ledger.dataSource.getRepository(EventEntity);
    await stored.update({ stripeId: id }, { leaseNo: 7, status: 'dead', lastError: 'by another worker' });

    finish();
    const next = await waitForEvent(ledger.app, await deliver('price.created'), 'succeeded');

    expect(next.status).toBe('succeeded');
    expect(await stored.findOneByOrFail({ stripeId: id })).toMatchObject({
      status: 'dead',
      lastError: 'by another worker',
    });
  });
});
