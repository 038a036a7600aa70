import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { OnStripeEvent } from 'nestjs-stripe-events';
import { buildEvent, waitForEvent } from 'nestjs-stripe-events/testing';
import { databases } from '../support/databases';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';

class PaymentGatewayError extends Error {
  override readonly name = 'PaymentGatewayError';
}

let fixed: boolean;

@Injectable()
class Handlers {
  @OnStripeEvent('invoice.paid', { id: 'gateway' })
  gateway(): void {
    if (!fixed) {
      const cause = new Error(`postgres://app:hunter2@db/shop refused Bearer ${'t'.repeat(20)}`);
      throw new PaymentGatewayError(`no answer for ada@example.com with sk_live_${'k'.repeat(24)}`, { cause });
    }
  }

  @OnStripeEvent('charge.failed', { id: 'wordy' })
  wordy(): void {
    if (!fixed) {
      throw new TypeError('wordy '.repeat(10_000));
    }
  }
}

type Json = Record<string, unknown>;

describe.each(databases)('dead letters in the administration, with the events in $name', (database) => {
  let ledger: LedgerApp;

  beforeEach(async () => {
    fixed = false;
    const processing = { backoff: { baseMs: 1 }, sweepMs: 20, maxAttempts: 2 };
    ledger = await startLedgerApp({ database, platform: platforms[0]!, providers: [Handlers], stripe: { processing } });
  });
  afterEach(() => ledger.close());

  async function dead(type: string): Promise<string> {
    const event = buildEvent({ type });
    await ledger.deliver(event);
    return (await waitForEvent(ledger.app, String(event.id), 'dead')).stripeId;
  }
  async function get(path: string): Promise<Json> {
    return (await (await ledger.admin(path)).json()) as Json;
  }
  async function discard(path: string, status: number, body: object = {}): Promise<unknown> {
    const answer = await ledger.admin(path, { method: 'POST', body: JSON.stringify(body) });
    expect(answer.status).toBe(status);
    return answer.json();
  }
  async function replay(path: string, body: object): Promise<unknown> {
    const answer = await ledger.admin(path, { method: 'POST', body: JSON.stringify(body) });
    expect(answer.status).toBe(202);
    return answer.json();
  }
  const listed = async (query: string): Promise<unknown[]> =>
    ((await get(`events?${query}`))['data'] as Json[]).map(({ stripeId }) => stripeId);

  it('say what was thrown and where, without secrets', async () => {
    const { lastError, attempts, runs } = await get(`events/${await dead('invoice.paid')}`);

    const [told, caused, where] = String(lastError).split('\n');
    expect(told).toBe('PaymentGatewayError: no answer for [e-mail] with sk_live_[redacted]');
    expect(caused).toBe('Caused by Error: postgres://[redacted]@db/shop refused Bearer [redacted]');
    expect(where).toMatch(/^ {4}at Handlers\.gateway \(.*dead-letter-admin\.spec/);
    expect(attempts).toBe(2);
    expect(runs).toMatchObject([{ handler: 'gateway', status: 'dead', attempts: 2, error: lastError }]);
  });

  it('are kept short', async () => {
    const { lastError, runs } = await get(`events/${await dead('charge.failed')}`);

    expect(lastError).toHaveLength(2_000);
    expect(lastError).toMatch(/^TypeError: wordy wordy .*…$/);
    expect(runs).toMatchObject([{ handler: 'wordy', error: lastError }]);
  });

  it('are listed, counted, and replayed one by one or all that are meant', async () => {
    const first = await dead('invoice.paid');
    const [second, third] = [await dead('charge.failed'), await dead('invoice.paid')];
    fixed = true;
    const fine = buildEvent();
    await ledger.deliver(fine);
    await waitForEvent(ledger.app, String(fine.id), 'succeeded');

    expect(await listed('status=dead')).toEqual([third, second, first]);
    expect(await listed('status=dead&kind=charge.*')).toEqual([second]);
    expect(await get('stats')).toMatchObject({
      byStatus: { dead: 3, succeeded: 1 },
      handlers: [
        { handler: 'gateway', runs: 3, failures: 2 },
        { handler: 'wordy', runs: 1, failures: 1 },
      ],
    });

    expect(await replay(`events/${first}/replay`, {})).toEqual({ replayed: 1 });
    await waitForEvent(ledger.app, first, 'succeeded');
    expect(await listed('status=dead')).toEqual([third, second]);
    expect(await replay('events/replay', { status: 'dead', kind: 'charge.failed' })).toEqual({ replayed: 1 });
    await waitForEvent(ledger.app, second, 'succeeded');
    expect(await replay('events/replay', { status: 'dead' })).toEqual({ replayed: 1 });
    await waitForEvent(ledger.app, third, 'succeeded');
    expect(await replay('events/replay', { status: 'dead' })).toEqual({ replayed: 0 });
    expect((await get('stats'))['byStatus']).toMatchObject({ dead: 0, succeeded: 4 });
  });

  it('are discarded one by one or all that are meant, and only a replay by their id brings them back', async () => {
    const [first, second, third] = [
      await dead('invoice.paid'),
      await dead('charge.failed'),
      await dead('invoice.paid'),
    ];

    expect(await discard(`events/${first}/discard`, 200)).toEqual({ discarded: 1 });
    expect(await get(`events/${first}`)).toMatchObject({
      status: 'ignored',
      ignoredReason: 'discarded',
      processedAt: expect.any(String),
      lastError: expect.stringContaining('PaymentGatewayError'),
      runs: [{ handler: 'gateway', status: 'dead' }],
    });
    expect(await discard('events/discard', 200, { kind: 'charge.*' })).toEqual({ discarded: 1 });
    expect(await listed('status=dead')).toEqual([third]);
    expect(await listed('status=ignored')).toEqual([second, first]);
    expect(await discard('events/discard', 200, { limit: 5 })).toEqual({ discarded: 1 });
    expect(await discard('events/discard', 200)).toEqual({ discarded: 0 });

    fixed = true;
    expect(await replay('events/replay', { status: 'ignored' })).toEqual({ replayed: 0 });
    expect(await replay(`events/${first}/replay`, {})).toEqual({ replayed: 1 });
    expect((await waitForEvent(ledger.app, first, 'succeeded')).ignoredReason).toBeNull();
  });

  it('alone are discarded', async () => {
    fixed = true;
    const event = buildEvent();
    await ledger.deliver(event);
    await waitForEvent(ledger.app, String(event.id), 'succeeded');

    expect(await discard(`events/${String(event.id)}/discard`, 400)).toMatchObject({
      code: 'STRIPE_EVENTS_INVALID_REQUEST',
    });
    expect(await discard('events/evt_of_nobody/discard', 404)).toMatchObject({
      code: 'STRIPE_EVENTS_EVENT_NOT_FOUND',
    });
    expect(await discard('events/discard', 400, { limit: 0 })).toMatchObject({ code: 'STRIPE_EVENTS_INVALID_REQUEST' });
    expect(await discard('events/discard', 400, { status: 'succeeded' })).toMatchObject({
      code: 'STRIPE_EVENTS_INVALID_REQUEST',
    });
    expect(await listed('status=succeeded')).toEqual([event.id]);
  });
});
