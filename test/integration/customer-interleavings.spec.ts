import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { systemClock } from '../../src/common';
import { CustomerQuery, CustomerStore, newsOfSync } from '../../src/customers';
import { EventEntity } from '../../src/events';
import { databases } from '../support/databases';
import { openLedgerTables, type LedgerTables } from './ledger-tables';

const BEGINNING = 1_700_000_000_000;
/** SQLite waits for its disk at each step. */
const RUNS = { sqlite: 40, postgres: 80, mysql: 80 };
/** By then everything has arrived. */
const END = 60_000;

/** What happens to a customer at Stripe, in milliseconds from the beginning. */
interface Life {
  readonly changes: readonly number[];
  readonly deletedAt: number | null;
}

/** Something that reaches the ledger: in which order is chance. */
interface Arrival {
  readonly kind: 'event' | 'sync' | 'placeholder' | 'mark';
  /** When it happened, or when the request was sent. */
  readonly at: number;
  /** How much later Stripe read the state of a sync. */
  readonly lag: number;
}

const life: fc.Arbitrary<Life> = fc.record({
  changes: fc.array(fc.integer({ min: 1, max: 9_000 }), { maxLength: 6 }),
  deletedAt: fc.option(fc.integer({ min: 9_000, max: 12_000 }), { freq: 3 }),
});
const others: fc.Arbitrary<Arrival[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('sync' as const, 'sync' as const, 'placeholder' as const, 'mark' as const),
    at: fc.integer({ min: 0, max: 14_000 }),
    lag: fc.integer({ min: 0, max: 800 }),
  }),
  { maxLength: 6 },
);
/** A place in the order for each arrival. */
const order = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 20, maxLength: 20 });

let last = 0;

describe.each(databases)('in whatever order events and syncs arrive, on $name', (kind) => {
  let tables: LedgerTables;
  let store: CustomerStore;
  let query: CustomerQuery;

  beforeAll(async () => {
    tables = await openLedgerTables(kind);
    store = new CustomerStore(tables.database, systemClock);
    query = new CustomerQuery(tables.database);
  });
  afterAll(() => tables.close());

  it('a customer ends as Stripe has it', async () => {
    await fc.assert(
      fc.asyncProperty(life, others, order, async (lived, more, places) => {
        const id = `cus_${(last += 1)}`;
        const arrivals = [...eventsOf(lived), ...more].map((arrival, index) => ({
          arrival,
          place: places[index] ?? 0,
        }));
        for (const { arrival } of arrivals.sort((a, b) => a.place - b.place)) {
          await arrive(id, lived, arrival);
        }
        await settle(id, lived);
        const { name, deletedAt } = (await query.find(id))!;
        expect({ name: deletedAt === null ? name : null, isDeleted: deletedAt !== null }).toEqual(stateAt(lived, END));
      }),
      { numRuns: RUNS[kind.family], seed: 20_261_125 },
    );
  });

  async function arrive(id: string, lived: Life, { kind: what, at, lag }: Arrival): Promise<void> {
    if (what === 'event') {
      await store.absorb([eventAt(id, lived, at)]);
    } else if (what === 'placeholder') {
      await store.ensure([{ endpoint: 'default', stripeId: id, livemode: true, account: null }]);
    } else if (what === 'mark') {
      await mark(id, at);
    } else {
      await see(id, lived, { at, lag });
    }
  }

  /** Takes in what Stripe answered to a request. */
  async function see(id: string, lived: Life, { at, lag }: { at: number; lag: number }): Promise<void> {
    const { name, isDeleted } = stateAt(lived, at + lag);
    const object = isDeleted
      ? { id, object: 'customer', deleted: true }
      : { id, object: 'customer', livemode: true, name };
    const sighting = { endpoint: 'default', account: null, livemode: true, seenAt: BEGINNING + at };
    await store.merge([newsOfSync(object, sighting)!]);
  }

  /** Somebody marks it as deleted, and is wrong. */
  async function mark(id: string, at: number): Promise<void> {
    const silent = { account: null, description: null, describedBy: null, eventAt: null, syncedAt: null };
    await store.merge([{ endpoint: 'default', stripeId: id, livemode: true, ...silent, deletedAt: BEGINNING + at }]);
  }

  /** What the module does of itself afterwards: fetches where there is doubt, and a sync of all takes away wrong marks. */
  async function settle(id: string, lived: Life): Promise<void> {
    const { refreshAt, deletedAt } = (await query.find(id))!;
    if (refreshAt !== null || (deletedAt !== null && lived.deletedAt === null)) {
      await see(id, lived, { at: END, lag: 0 });
    }
  }
});

function eventsOf({ changes, deletedAt }: Life): Arrival[] {
  return [0, ...changes, ...(deletedAt === null ? [] : [deletedAt])].map((at) => ({ kind: 'event', at, lag: 0 }));
}

/** The name says when it was given. */
function stateAt({ changes, deletedAt }: Life, at: number): { name: string | null; isDeleted: boolean } {
  const isDeleted = deletedAt !== null && deletedAt <= at;
  const latest = Math.max(0, ...changes.filter((change) => change <= at));
  return { name: isDeleted ? null : `at ${latest}`, isDeleted };
}

function eventAt(id: string, { changes, deletedAt }: Life, at: number): EventEntity {
  const type = at === deletedAt ? 'customer.deleted' : at === 0 ? 'customer.created' : 'customer.updated';
  const { name } = stateAt({ changes, deletedAt: null }, at);
  const object = { id, object: 'customer', livemode: true, name };
  const message = { id: 'evt_1', object: 'event', type, data: { object } };
  const createdAt = new Date(Math.floor((BEGINNING + at) / 1000) * 1000);
  const parts = { endpoint: 'default', kind: type, account: null, livemode: true, stripeCustomerId: id };
  return Object.assign(new EventEntity(), { ...parts, createdAt, receivedAt: createdAt, message });
}
