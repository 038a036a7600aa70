import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { EventEntity, OnStripeEvent, StripeEventActionService, type StripeHandlerContext } from 'nestjs-stripe-events';
import { buildEvent, testId, waitForEvent } from 'nestjs-stripe-events/testing';
import { databases, memoryDatabase } from '../support/databases';
import { sharedDatabase, type SharedDatabase } from '../support/database-variants';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { thinEvent } from '../support/thin-event';
import { waitUntil } from '../support/wait-until';

const FACTS = 16;
/** Each of the two events, this often. */
const DELIVERIES = 2;

type Pairing = 'handle-both' | 'first-wins' | 'once-per-handler';
interface Fact {
  readonly snapshot: { readonly id: string };
  readonly thin: { readonly id: string };
}

/** Which handler was called for which event. */
let calls: string[];
let fails: (context: StripeHandlerContext) => boolean;

@Injectable()
class Handlers {
  @OnStripeEvent(['customer.created', 'v1.customer.created', 'v1.customer.updated'], { id: 'both', maxAttempts: 2 })
  both(event: { id: string }, context: StripeHandlerContext): void {
    calls.push(`both ${event.id}`);
    if (fails(context)) {
      throw new Error('not now');
    }
  }

  @OnStripeEvent('customer.created', { id: 'snapshot' })
  snapshot({ id }: { id: string }): void {
    calls.push(`snapshot ${id}`);
  }

  @OnStripeEvent(['v1.customer.created', 'v1.invoice.paid'], { id: 'thin' })
  thin({ id }: { id: string }): void {
    calls.push(`thin ${id}`);
  }
}

function fact(): Fact {
  const id = testId('evt');
  const object = { id: 'cus_1', object: 'customer' };
  const related = { id: 'cus_1', type: 'customer', url: '/v1/customers/cus_1' };
  return {
    snapshot: { ...buildEvent({ id, type: 'customer.created', object }), id },
    thin: thinEvent({ type: 'v1.customer.created', related, snapshotEvent: id }),
  };
}

/** How often a handler was called for either event of a fact. */
function callsOf(handler: string, { snapshot, thin }: Fact): number {
  return calls.filter((call) => call === `${handler} ${snapshot.id}` || call === `${handler} ${thin.id}`).length;
}

const start = (database: typeof memoryDatabase, pairing: Pairing, platform = platforms[0]!): Promise<LedgerApp> =>
  startLedgerApp({
    database,
    platform,
    providers: [Handlers],
    stripe: { storageTimeoutMs: 20_000, processing: { sweepMs: 20, backoff: { baseMs: 1 }, pairing } },
  });

beforeEach(() => {
  calls = [];
  fails = () => false;
});

describe.each(databases)('two replicas that are sent both events of each fact, on $name', (kind) => {
  let shared: SharedDatabase;
  let replicas: LedgerApp[];

  beforeEach(async () => {
    shared = await sharedDatabase(kind);
    replicas = [];
  });
  afterEach(async () => {
    await Promise.all(replicas.map((replica) => replica.close()));
    await shared.database.drop();
  });

  /** Sends every event several times, in no order, to both replicas at once, and waits until all are settled. */
  async function handleAll(pairing: Pairing): Promise<{ facts: Fact[]; events: Map<string, EventEntity> }> {
    for (const platform of platforms) {
      replicas.push(await start(shared.kind, pairing, platform));
    }
    const facts = Array.from({ length: FACTS }, fact);
    const deliveries = facts.flatMap(({ snapshot, thin }, index) => {
      const pair = index % 2 === 0 ? [snapshot, thin] : [thin, snapshot];
      return Array.from({ length: DELIVERIES }, () => pair).flat();
    });
    await Promise.all(
      deliveries.map(async (event, index) => {
        const replica = replicas[(index >> 1) % replicas.length]!;
        expect((await replica.deliver(event)).status).toBe(200);
      }),
    );
    const repository = replicas[0]!.dataSource.getRepository(EventEntity);
    await waitUntil('all are settled', async () => (await repository.find()).every(({ processed }) => processed));
    const events = await repository.find();
    expect(events).toHaveLength(2 * FACTS);
    return { facts, events: new Map(events.map((event) => [event.stripeId, event])) };
  }

  it('handle one of the two, and ignore the other, where the first wins', async () => {
    const { facts, events } = await handleAll('first-wins');

    for (const each of facts) {
      const both = [events.get(each.snapshot.id)!, events.get(each.thin.id)!];
      const outcomes = both.map(({ status, ignoredReason }) => [status, ignoredReason]);
      expect(outcomes.sort()).toEqual([
        ['ignored', 'twin'],
        ['succeeded', null],
      ]);
      expect(callsOf('both', each)).toBe(1);
      expect(callsOf('snapshot', each) + callsOf('thin', each)).toBe(1);
    }
  });

  it('call each handler once, where that is what is asked for', async () => {
    const { facts, events } = await handleAll('once-per-handler');

    expect([...events.values()].every(({ status }) => status === 'succeeded')).toBe(true);
    for (const each of facts) {
      expect(['both', 'snapshot', 'thin'].map((handler) => callsOf(handler, each))).toEqual([1, 1, 1]);
    }
  });
});

describe('of two events of one fact', () => {
  let ledger: LedgerApp;

  afterEach(() => ledger.close());

  async function settle(event: { id: string }, status: 'succeeded' | 'dead' | 'ignored'): Promise<EventEntity> {
    await ledger.deliver(event);
    return waitForEvent(ledger.app, event.id, status);
  }

  it('both are handled by default', async () => {
    ledger = await start(memoryDatabase, 'handle-both');
    const { snapshot, thin } = fact();
    await settle(thin, 'succeeded');
    await settle(snapshot, 'succeeded');

    expect(calls.sort()).toEqual(
      [`both ${thin.id}`, `thin ${thin.id}`, `both ${snapshot.id}`, `snapshot ${snapshot.id}`].sort(),
    );
  });

  it('the first stays the first when it is tried again, given up and replayed', async () => {
    ledger = await start(memoryDatabase, 'first-wins');
    const { snapshot, thin } = fact();
    fails = () => true;
    await settle(thin, 'dead');
    fails = () => false;
    await settle(snapshot, 'ignored');

    const events = ledger.app.get(StripeEventActionService);
    await events.replay(snapshot.id);
    expect(await waitForEvent(ledger.app, snapshot.id, 'ignored')).toMatchObject({ ignoredReason: 'twin' });
    await events.replay(thin.id);
    await waitForEvent(ledger.app, thin.id, 'succeeded');
    expect(calls.filter((call) => call.startsWith('both'))).toEqual(Array(3).fill(`both ${thin.id}`));
  });

  it('one that nobody asks for takes nothing from the other', async () => {
    ledger = await start(memoryDatabase, 'first-wins');
    const id = testId('evt');
    await settle({ ...buildEvent({ id, type: 'invoice.paid' }), id }, 'ignored');
    await settle(thinEvent({ type: 'v1.invoice.paid', snapshotEvent: id }), 'succeeded');
  });

  it('one of another name is no second, even when it names the same snapshot event', async () => {
    ledger = await start(memoryDatabase, 'first-wins');
    const { snapshot, thin } = fact();
    await settle(snapshot, 'succeeded');
    await settle({ ...thinEvent({ type: 'v1.customer.updated', snapshotEvent: snapshot.id }) }, 'succeeded');
    await settle(thin, 'ignored');
  });
});
