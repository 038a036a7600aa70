import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { EventEntity, OnStripeEvent, type StripeEventOf } from 'nestjs-stripe-events';
import { Client } from 'pg';
import { postgresAt } from '../support/database-variants';
import { startPostgresServer, type PostgresServer } from '../support/embedded-postgres';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { expectTurnedAway } from '../support/noted-delivery';
import { platforms } from '../support/platforms';
import { Traffic } from '../support/traffic';
import { waitUntil } from '../support/wait-until';

const [platform] = platforms;
/** Of the server; the last three are the superuser's, as whom the tests come. */
const CONNECTIONS = 20;
/** A lease may be lost with the answer to its claim: then it has to end first, and somebody has to look for it. */
const HANDLED_WITHIN_MS = 45_000;
jest.setTimeout(HANDLED_WITHIN_MS + 30_000);

const handled = new Set<string>();

@Injectable()
class Handlers {
  @OnStripeEvent('invoice.paid')
  onPaid({ id }: StripeEventOf<'invoice.paid'>): void {
    handled.add(id);
  }
}

/**
 * The database is taken away and given back while deliveries go on. An error that nobody handles fails these tests by
 * itself: Jest listens for them.
 */
describe('the database is taken away, and given back', () => {
  let server: PostgresServer;
  let ledger: LedgerApp;

  beforeAll(async () => {
    server = await startPostgresServer({ max_connections: String(CONNECTIONS) });
    const stripe = { processing: { sweepMs: 50, leaseMs: 3_000 } };
    ledger = await startLedgerApp({ database: postgresAt(server.url), platform: platform!, providers: [Handlers], stripe }); // prettier-ignore
  });
  afterAll(async () => {
    await ledger.close();
    await server.remove();
  });
  beforeEach(() => handled.clear());

  /** Keeps deliveries going while the database is taken away and given back. */
  async function trafficThrough(away: () => Promise<void>, back: () => Promise<void>): Promise<Traffic> {
    const traffic = new Traffic(ledger);
    await traffic.more(200, 30);
    await away();
    await traffic.more(503, 30);
    await back();
    await traffic.more(200, 30);
    await traffic.stop();
    return traffic;
  }

  async function expectNothingLost(traffic: Traffic): Promise<void> {
    traffic.answers.filter(({ status }) => status !== 200).forEach(expectTurnedAway);
    const again = await traffic.deliverAgain();
    expect(again.filter(({ status }) => status !== 200)).toEqual([]);
    const delivered = traffic.answers.map(({ id }) => id);
    const events = ledger.dataSource.getRepository(EventEntity);
    const stored = (await events.find({ select: { stripeId: true } })).map(({ stripeId }) => stripeId);
    const delivery = new Set(delivered);
    expect(stored.filter((id) => delivery.has(id)).sort()).toEqual(delivered.sort());
    await waitUntil(
      'every event is handled',
      async () => (await events.countBy({ status: 'succeeded' })) === stored.length,
      HANDLED_WITHIN_MS,
    );
    expect(delivered.filter((id) => !handled.has(id))).toEqual([]);
  }

  it.each(['fast', 'immediate'] as const)('by a stop that is %s', async (mode) => {
    const traffic = await trafficThrough(
      () => server.stop(mode),
      () => server.restart(),
    );

    await expectNothingLost(traffic);
  });

  it('by becoming read-only, as the old primary of a failover does', async () => {
    const asAdministrator = async (...statements: string[]): Promise<void> => {
      const client = new Client({ connectionString: server.url });
      await client.connect();
      await client.query('SET default_transaction_read_only = off');
      for (const statement of statements) await client.query(statement);
      await client.end();
    };
    const others = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`;

    const traffic = await trafficThrough(
      () => asAdministrator('ALTER DATABASE postgres SET default_transaction_read_only = on', others),
      () => asAdministrator('ALTER DATABASE postgres RESET default_transaction_read_only', others),
    );

    await expectNothingLost(traffic);
  });

  it('by others who take all its connections', async () => {
    const hoarded: Client[] = [];
    const hoard = async (): Promise<void> => {
      const killed = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' AND application_name <> 'hoarder'`;
      for (;;) {
        const client = new Client({ connectionString: server.url, application_name: 'hoarder' });
        client.on('error', () => undefined);
        try {
          await client.connect();
        } catch {
          if (hoarded.length === CONNECTIONS) return;
          await hoarded[0]?.query(killed);
          continue;
        }
        hoarded.push(client);
      }
    };

    const traffic = await trafficThrough(hoard, async () => {
      await Promise.all(hoarded.map((client) => client.end()));
    });

    await expectNothingLost(traffic);
  });
});
