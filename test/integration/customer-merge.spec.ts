import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/common';
import { CustomerQuery, CustomerStore, newsOfSync, type CustomerEntity } from '../../src/customers';
import { EventEntity } from '../../src/events';
import { counting } from '../support/counting-database';
import { databases } from '../support/databases';
import { openLedgerTables, type LedgerTables } from './ledger-tables';

const T = 1_700_000_000;
let last = 0;

describe.each(databases)('what becomes of a customer, on $name', (kind) => {
  let tables: LedgerTables;
  let store: CustomerStore;
  let id: string;

  beforeAll(async () => {
    tables = await openLedgerTables(kind);
    store = new CustomerStore(tables.database, systemClock);
  });
  afterAll(() => tables.close());

  function someone(): void {
    id = `cus_${(last += 1)}`;
  }

  /** An event of this second. */
  function event(kindOfEvent: string, second: number, customer: object): EventEntity {
    const object = { id, object: 'customer', livemode: true, ...customer };
    const message = { id: 'evt_1', object: 'event', type: kindOfEvent, data: { object } };
    const createdAt = new Date(second * 1000);
    const parts = { endpoint: 'default', kind: kindOfEvent, account: null, livemode: true, stripeCustomerId: id };
    return Object.assign(new EventEntity(), { ...parts, createdAt, receivedAt: createdAt, message });
  }

  /** Takes in events one after the other. */
  async function happened(...events: (readonly [kind: string, second: number, customer: object])[]): Promise<void> {
    for (const [kindOfEvent, second, customer] of events) {
      await store.absorb([event(`customer.${kindOfEvent}`, second, customer)]);
    }
  }

  /** Takes in what a request brought that was sent at this moment, in seconds. */
  async function seen(second: number, customer: object): Promise<void> {
    const sighting = { endpoint: 'default', account: null, livemode: true, seenAt: second * 1000 };
    await store.merge([newsOfSync({ id, object: 'customer', livemode: true, ...customer }, sighting)!]);
  }

  async function now(): Promise<CustomerEntity> {
    return (await new CustomerQuery(tables.database).find(id))!;
  }

  describe('with events alone', () => {
    beforeAll(someone);

    it.each<[string, [string, number, object][], Partial<CustomerEntity>]>([
      [
        'the newest counts',
        [
          ['updated', T + 1, { name: 'new' }],
          ['updated', T, { name: 'old' }],
        ],
        { name: 'new' },
      ],
      [
        'a creation yields to its second',
        [
          ['updated', T, { name: 'new' }],
          ['created', T, { name: 'old' }],
        ],
        { name: 'new', refreshAt: null },
      ],
      [
        'a creation is known to come first',
        [
          ['created', T, { name: 'old' }],
          ['updated', T, { name: 'new' }],
        ],
        { name: 'new', refreshAt: null },
      ],
      [
        'two alike of one second leave no doubt',
        [
          ['updated', T, { name: 'a' }],
          ['updated', T, { name: 'a' }],
        ],
        { refreshAt: null },
      ],
      [
        'a later one ends a doubt',
        [
          ['updated', T, { name: 'a' }],
          ['updated', T, { name: 'b' }],
          ['updated', T + 1, { name: 'c' }],
        ],
        { name: 'c', refreshAt: null },
      ],
      [
        'deleting is for good',
        [
          ['deleted', T, { name: 'a' }],
          ['updated', T + 9, { name: 'b' }],
        ],
        { name: 'a', deletedAt: new Date(T * 1000) },
      ],
      [
        'a stub deletes',
        [
          ['updated', T, { name: 'a' }],
          ['deleted', T, { deleted: true }],
        ],
        { name: 'a', deletedAt: new Date(T * 1000) },
      ],
    ])('%s', async (_title, events, expected) => {
      someone();
      await happened(...events);
      expect(await now()).toMatchObject(expected);
    });

    it('the later arrival of one second counts, and is to be fetched again', async () => {
      someone();
      await happened(['updated', T, { name: 'a' }], ['updated', T, { name: 'b' }]);
      const { name, refreshAt } = await now();
      expect(name).toBe('b');
      expect(refreshAt!.getTime()).toBeGreaterThan(Date.now() - 60_000);
    });
  });

  describe('with a sync beside events', () => {
    it('what was fetched after the second of the event counts', async () => {
      someone();
      await happened(['updated', T, { name: 'event' }]);
      await seen(T + 1, { name: 'sync' });
      expect(await now()).toMatchObject({ name: 'sync', syncedAt: new Date((T + 1) * 1000), describedBy: 'sync' });
    });

    it('what was asked for before the event changes nothing, and is seen all the same', async () => {
      someone();
      await happened(['updated', T, { name: 'event' }]);
      await seen(T - 5, { name: 'sync' });
      expect(await now()).toMatchObject({ name: 'event', syncedAt: new Date((T - 5) * 1000), describedBy: 'updated' });
    });

    it('what was asked for within the second of the event is in doubt, until it is fetched again', async () => {
      someone();
      await happened(['updated', T, { name: 'event' }]);
      await seen(T + 0.5, { name: 'sync' });
      expect(await now()).toMatchObject({ name: 'event', refreshAt: expect.any(Date) as unknown });
      await seen(T + 3, { name: 'again' });
      expect(await now()).toMatchObject({ name: 'again', refreshAt: null });
    });

    it('leaves no doubt when both say the same', async () => {
      someone();
      await happened(['updated', T, { name: 'same' }]);
      await seen(T + 0.5, { name: 'same' });
      expect(await now()).toMatchObject({ refreshAt: null });
    });

    it('an event of a second before it is old, one of its own second or a later one is not', async () => {
      someone();
      await seen(T + 0.5, { name: 'sync' });
      await happened(['updated', T - 1, { name: 'old' }]);
      expect(await now()).toMatchObject({ name: 'sync', refreshAt: null });
      await happened(['updated', T, { name: 'same second' }]);
      expect(await now()).toMatchObject({ name: 'same second', refreshAt: expect.any(Date) as unknown });
      await happened(['updated', T + 1, { name: 'later' }]);
      expect(await now()).toMatchObject({ name: 'later', refreshAt: null });
    });

    it('a creation that comes late changes nothing of what was fetched', async () => {
      someone();
      await seen(T + 0.5, { name: 'sync' });
      await happened(['created', T, { name: 'first' }]);
      expect(await now()).toMatchObject({ name: 'sync', refreshAt: null });
    });

    it('an older sync does not undo a newer one', async () => {
      someone();
      await seen(T + 2, { name: 'new' });
      await seen(T, { name: 'old' });
      expect(await now()).toMatchObject({ name: 'new', syncedAt: new Date((T + 2) * 1000), refreshAt: null });
    });

    it('a customer is deleted by a stub, and stays so for a page that was fetched before', async () => {
      someone();
      await seen(T, { name: 'a' });
      await seen(T + 5, { deleted: true, livemode: undefined });
      await seen(T + 5, { name: 'b' });
      expect(await now()).toMatchObject({ name: 'a', deletedAt: new Date((T + 5) * 1000), livemode: true });
    });

    it('a mark of deletion goes when the customer is seen again', async () => {
      someone();
      await seen(T, { deleted: true });
      await seen(T + 1, { name: 'back' });
      expect(await now()).toMatchObject({ name: 'back', deletedAt: null });
    });

    it('a placeholder is filled in, and keeps its place and its owner', async () => {
      someone();
      await tables.customers([{ stripeId: id, placeholder: true, ownerId: 'user-1' }]);
      const { id: row } = await now();
      await seen(T, { name: 'found', balance: 2 ** 45 });
      expect(await now()).toMatchObject({
        id: row,
        name: 'found',
        placeholder: false,
        ownerId: 'user-1',
        balance: 2 ** 45,
      });
    });
  });

  it('takes in what several events say of one customer in the order they came in', async () => {
    someone();
    const batch = [event('customer.created', T, { name: 'a' }), event('customer.updated', T, { name: 'b' }), event('customer.deleted', T, { name: 'c' })]; // prettier-ignore
    await store.absorb(batch);
    expect(await now()).toMatchObject({ name: 'c', deletedAt: new Date(T * 1000), describedBy: 'deleted' });
  });

  it('does not let an event that was linked to somebody else describe them', async () => {
    someone();
    await store.absorb([
      Object.assign(event('customer.updated', T, { name: 'own' }), { stripeCustomerId: 'cus_other' }),
    ]);
    expect(await now()).toMatchObject({ name: 'own' });
    expect(await new CustomerQuery(tables.database).find('cus_other')).toBeNull();
  });

  it('needs one statement for many customers, where nothing has to travel more than once', async () => {
    const { database, statements } = counting(tables.database);
    const events = Array.from({ length: 50 }, (_, index) => {
      someone();
      return event('customer.updated', T, { name: `${index}` });
    });
    await new CustomerStore(database, systemClock).absorb(events);
    expect(statements).toHaveLength(kind.family === 'sqlite' ? 50 : 1);
  });

  it('does not deadlock when the same customers come in different orders', async () => {
    const ids = Array.from({ length: 40 }, () => (someone(), id));
    const batch = (second: number): EventEntity[] =>
      ids.map((one) => ((id = one), event('customer.updated', second, { name: `at ${second}` })));
    const orders = Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? batch(T + n) : batch(T + n).reverse()));
    await Promise.all(orders.map((events) => new CustomerStore(tables.database, systemClock).absorb(events)));
    const { data } = await new CustomerQuery(tables.database).list({ limit: 40, q: 'cus_' });
    expect(new Set(data.map(({ name }) => name))).toEqual(new Set([`at ${T + 19}`]));
  });
});
