import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { EventEntity, OnStripeEvent, type StripeEventOf } from 'nestjs-stripe-events';
import { buildEvent, waitForEvent } from 'nestjs-stripe-events/testing';
import { DataSource } from 'typeorm';
import { STRIPE_ENTITIES } from '../../src/stripe.entities';
import { behindProxy, type ProxiedDatabase } from '../support/database-variants';
import { databases } from '../support/databases';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { deliverAndNote, expectTaken, expectTurnedAway } from '../support/noted-delivery';
import { platforms } from '../support/platforms';
import { lockEvents } from '../support/table-lock';
import { waitUntil } from '../support/wait-until';

const servers = databases.filter(({ family }) => family !== 'sqlite');
const [platform] = platforms;
const handled: string[] = [];

/** The answer to a claim may be lost as well: then its events wait for the end of their lease, and for who looks for it. */
const LEASE_MS = 2_000;
const HANDLED_WITHIN_MS = 40_000;
jest.setTimeout(HANDLED_WITHIN_MS + 20_000);

@Injectable()
class Handlers {
  @OnStripeEvent('invoice.paid')
  onPaid({ id }: StripeEventOf<'invoice.paid'>): void {
    handled.push(id);
  }
}

describe.each(servers)('a delivery, when the network to $name has a fault', (database) => {
  let proxied: ProxiedDatabase;
  let ledger: LedgerApp;
  /** Past the fault. */
  let direct: DataSource;

  beforeAll(async () => {
    proxied = await behindProxy(database);
    const stripe = { processing: { sweepMs: 50, leaseMs: LEASE_MS } };
    ledger = await startLedgerApp({ database: proxied.kind, platform: platform!, providers: [Handlers], stripe });
    direct = await new DataSource({ ...proxied.database.dataSourceOptions(), entities: STRIPE_ENTITIES }).initialize();
  });
  afterAll(async () => {
    await direct.destroy();
    await ledger.close();
    await proxied.database.drop();
  });

  /** The event is there once, and was handled once. */
  async function expectOnce(id: string): Promise<void> {
    await waitForEvent(ledger.app, id, 'succeeded', HANDLED_WITHIN_MS);
    expect(await direct.getRepository(EventEntity).countBy({ stripeId: id })).toBe(1);
    expect(handled.filter((other) => other === id)).toEqual([id]);
  }

  async function deliverAgain(event: { id?: unknown }): Promise<void> {
    const { status } = await deliverAndNote(ledger, event);
    expect(status).toBe(200);
    await expectOnce(String(event.id));
  }

  it('is turned away while connections are refused', async () => {
    const event = buildEvent();
    await proxied.proxy.refuse();

    expectTurnedAway(await deliverAndNote(ledger, event));

    await proxied.proxy.pass();
    expectTaken(await deliverAndNote(ledger, event), { duplicate: false });
    await expectOnce(String(event.id));
  });

  it.each<[string, () => Promise<void>]>([
    ['goes on where it stopped', () => proxied.proxy.pass()],
    [
      'has forgotten its connections',
      async () => {
        proxied.proxy.reset();
        await proxied.proxy.pass();
      },
    ],
  ])('is turned away while nothing comes back, also when the network then %s', async (_name, recover) => {
    const events = Array.from({ length: 5 }, () => buildEvent());
    proxied.proxy.blackhole();

    (await Promise.all(events.map((event) => deliverAndNote(ledger, event)))).forEach(expectTurnedAway);

    await recover();
    await waitUntil('deliveries are taken', async () => (await ledger.deliver(buildEvent())).status === 200);
    await Promise.all(events.map(deliverAgain));
  });

  it('is turned away when everything takes too long', async () => {
    const event = buildEvent();
    proxied.proxy.delay(1_500);

    expectTurnedAway(await deliverAndNote(ledger, event));

    await proxied.proxy.pass();
    await deliverAgain(event);
  });

  it('is turned away when its connection breaks in the midst of its statement', async () => {
    const event = buildEvent();
    const lock = await lockEvents(proxied.database.dataSourceOptions());
    const delivery = deliverAndNote(ledger, event);
    await waitUntil('its statement is under way', async () => (await statementsUnderWay()) > 0);

    proxied.proxy.reset();

    expectTurnedAway(await delivery);
    await lock.release();
    await deliverAgain(event);
  });

  it('is turned away when the answer to its commit is lost, and then is a duplicate of itself', async () => {
    const event = buildEvent();
    const commit = database.family === 'mysql' ? ['COMMIT'] : [];
    const lost = proxied.proxy.loseAnswerTo(String(event.id), ...commit);

    const [answer] = await Promise.all([deliverAndNote(ledger, event), lost]);

    expectTurnedAway(answer);
    expect(await direct.getRepository(EventEntity).countBy({ stripeId: String(event.id) })).toBe(1);
    expectTaken(await deliverAndNote(ledger, event), { duplicate: true });
    await expectOnce(String(event.id));
  });

  async function statementsUnderWay(): Promise<number> {
    const waiting = {
      postgres: `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%stripe_event_payload%'`,
      mysql: `SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND info LIKE 'INSERT INTO%stripe_event%'`,
    };
    return (await direct.query<unknown[]>(waiting[database.family as keyof typeof waiting])).length;
  }
});
