import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { EventEntity, OnStripeEvent, type StripeEventOf } from 'nestjs-stripe-events';
import { buildEvent, waitForEvent } from 'nestjs-stripe-events/testing';
import { databases } from '../support/databases';
import { behindProxy, postgresAt, type ProxiedDatabase } from '../support/database-variants';
import { startPostgresServer, type PostgresServer } from '../support/embedded-postgres';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import type { TcpProxy } from '../support/tcp-proxy';
import { waitUntil } from '../support/wait-until';

/** The module's own bound is 900 ms; the rest is for a slow machine. Without a bound an answer takes minutes. */
const SLOWEST_ANSWER_MS = 10_000;

let handled: string[];

@Injectable()
class Handlers {
  @OnStripeEvent('invoice.paid', { id: 'once' })
  handle({ id }: StripeEventOf<'invoice.paid'>): void {
    handled.push(id);
  }
}

interface Answer {
  readonly id: string;
  readonly status: number;
  readonly retryAfter: string | null;
  readonly ms: number;
}

async function deliver(ledger: LedgerApp, event = buildEvent()): Promise<Answer> {
  const begin = performance.now();
  const { status, headers } = await ledger.deliver(event);
  return { id: String(event.id), status, retryAfter: headers.get('retry-after'), ms: performance.now() - begin };
}

function deliverMany(ledger: LedgerApp, count: number): Promise<Answer[]> {
  return Promise.all(Array.from({ length: count }, () => deliver(ledger)));
}

/** Waits until deliveries are stored again, without anybody restarting the application. */
async function untilStoredAgain(ledger: LedgerApp): Promise<Answer> {
  let last: Answer | undefined;
  await waitUntil('a delivery is stored', async () => {
    last = await deliver(ledger);
    return last.status === 200;
  });
  return last!;
}

/** Every answer is honest and in time, and what was acknowledged is stored once and handled. */
async function expectNothingLost(ledger: LedgerApp, answers: readonly Answer[]): Promise<void> {
  expect(answers.filter(({ status }) => status !== 200 && status !== 503)).toEqual([]);
  expect(answers.filter(({ status, retryAfter }) => status === 503 && retryAfter === null)).toEqual([]);
  expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(SLOWEST_ANSWER_MS);
  const acknowledged = answers.filter(({ status }) => status === 200).map(({ id }) => id);
  for (const id of acknowledged) {
    await waitForEvent(ledger.app, id, 'succeeded', 30_000);
  }
  const stored = await ledger.dataSource.getRepository(EventEntity).find();
  const ids = stored.map(({ stripeId }) => stripeId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(acknowledged.filter((id) => !ids.includes(id))).toEqual([]);
  expect(acknowledged.filter((id) => !handled.includes(id))).toEqual([]);
}

const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);
beforeAll(() => void process.on('unhandledRejection', note));
afterAll(() => void process.off('unhandledRejection', note));
beforeEach(() => {
  handled = [];
  unhandled.length = 0;
});
afterEach(() => expect(unhandled).toEqual([]));

const processing = { sweepMs: 20, leaseMs: 2_000, backoff: { baseMs: 1 } };

describe.each(['fast', 'immediate'] as const)('a PostgreSQL that is stopped (%s) and started again', (mode) => {
  let server: PostgresServer;
  let ledger: LedgerApp;

  beforeEach(async () => {
    server = await startPostgresServer();
    const database = postgresAt(server.url);
    ledger = await startLedgerApp({ database, platform: platforms[0]!, providers: [Handlers], stripe: { processing } });
  });
  afterEach(async () => {
    await ledger.close();
    await server.remove();
  });

  it('costs no acknowledged event, and no restart of the application', async () => {
    const before = await deliverMany(ledger, 20);
    const during = deliverMany(ledger, 60);
    await server.stop(mode);
    const down = await deliverMany(ledger, 10);
    await server.restart();
    const again = await untilStoredAgain(ledger);
    const after = await deliverMany(ledger, 20);

    expect(before.map(({ status }) => status)).toEqual(before.map(() => 200));
    expect(down.map(({ status }) => status)).toEqual(down.map(() => 503));
    expect(after.map(({ status }) => status)).toEqual(after.map(() => 200));
    await expectNothingLost(ledger, [...before, ...(await during), ...down, again, ...after]);
  });
});

const FAULTS: [string, (proxy: TcpProxy) => Promise<void> | void][] = [
  ['refuses connections', (proxy) => proxy.refuse()],
  ['lets nothing through', (proxy) => proxy.blackhole()],
  ['is slower than anybody waits', (proxy) => proxy.delay(30_000)],
];

const servers = databases.filter(({ family, name }) => family !== 'sqlite' && name !== 'postgres');

describe.each(servers)('a network that fails before $name', (kind) => {
  let proxied: ProxiedDatabase;
  let ledger: LedgerApp;

  beforeEach(async () => {
    proxied = await behindProxy(kind);
    const { kind: database } = proxied;
    ledger = await startLedgerApp({ database, platform: platforms[1]!, providers: [Handlers], stripe: { processing } });
  });
  afterEach(async () => {
    await proxied.proxy.pass();
    await ledger.close();
    await proxied.database.drop();
  });

  it.each(FAULTS)('answers 503 in time while it %s, and recovers by itself', async (_title, fail) => {
    const before = await deliverMany(ledger, 10);
    await fail(proxied.proxy);
    const during = await deliverMany(ledger, 20);
    await proxied.proxy.pass();
    const again = await untilStoredAgain(ledger);

    expect(during.map(({ status }) => status)).toEqual(during.map(() => 503));
    await expectNothingLost(ledger, [...before, ...during, again]);
  });

  it('loses nothing when it breaks connections in the midst of statements', async () => {
    const deliveries = deliverMany(ledger, 60);
    proxied.proxy.reset();
    const answers = await deliveries;
    const again = await untilStoredAgain(ledger);

    await expectNothingLost(ledger, [...answers, again]);
  });
});
