import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { EventEntity, OnStripeEvent, type StripeEventOf } from 'nestjs-stripe-events';
import { buildEvent, waitForEvent } from 'nestjs-stripe-events/testing';
import { databases } from '../support/databases';
import { sharedDatabase, type SharedDatabase } from '../support/database-variants';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';

const EVENTS = 60;
const DELIVERIES_OF_EACH = 3;

let handled: string[];

@Injectable()
class Handlers {
  @OnStripeEvent('invoice.paid', { id: 'once' })
  handle({ id }: StripeEventOf<'invoice.paid'>): void {
    handled.push(id);
  }
}

/** The same order on every run, unlike that of the list. */
function shuffled<Item>(items: readonly Item[]): Item[] {
  let seed = 20_261_125;
  const keyed = items.map((item) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return { item, key: seed };
  });
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

describe.each(databases)('two replicas on one database, $name', (kind) => {
  let shared: SharedDatabase;
  let replicas: LedgerApp[];

  beforeEach(async () => {
    handled = [];
    shared = await sharedDatabase(kind);
    replicas = [];
    for (const platform of platforms) {
      const stripe = { storageTimeoutMs: 20_000, processing: { sweepMs: 20 } };
      replicas.push(await startLedgerApp({ database: shared.kind, platform, providers: [Handlers], stripe }));
    }
  });
  afterEach(async () => {
    await Promise.all(replicas.map((replica) => replica.close()));
    await shared.database.drop();
  });

  it('store and handle each event once, whichever receives it, and at the same time', async () => {
    const events = Array.from({ length: EVENTS }, () => buildEvent());
    const deliveries = shuffled(events.flatMap((event) => Array<typeof event>(DELIVERIES_OF_EACH).fill(event)));

    const answers = await Promise.all(
      deliveries.map(async (event, index) => {
        const answer = await replicas[index % replicas.length]!.deliver(event);
        return { id: event.id, status: answer.status, body: (await answer.json()) as { duplicate: boolean } };
      }),
    );

    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const fresh = answers.filter(({ body }) => !body.duplicate).map(({ id }) => String(id));
    const ids = events.map(({ id }) => String(id)).sort();
    expect(fresh.sort()).toEqual(ids);
    for (const id of ids) {
      await waitForEvent(replicas[0]!.app, id, 'succeeded');
    }
    const stored = await replicas[1]!.dataSource.getRepository(EventEntity).find();
    expect(stored.map(({ stripeId }) => stripeId).sort()).toEqual(ids);
    expect(handled.sort()).toEqual(ids);
  });
});
