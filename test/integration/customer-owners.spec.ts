import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  CustomerNotFoundError,
  InvalidRequestError,
  OwnerTakenError,
  type LinkOwnerOptions,
} from 'nestjs-stripe-events';
import { systemClock } from '../../src/common';
import { CustomerEntity, CustomerOwners, CustomerOwnerStore, CustomerQuery, CustomerStore } from '../../src/customers';
import { EventEntity, EventReplayStore } from '../../src/events';
import { databases } from '../support/databases';
import { openLedgerTables, type LedgerTables } from './ledger-tables';

const HANDLERS = ['Access.grant', 'Mail.send'];
const SETTLED = { status: 'succeeded', processedAt: new Date(), leaseNo: 1, attempts: 1 } as const;

describe.each(databases)('CustomerOwners on $name', (kind) => {
  let tables: LedgerTables;
  let owners: CustomerOwners;
  let announced = 0;

  beforeAll(async () => {
    tables = await openLedgerTables(kind);
    const { database } = tables;
    owners = new CustomerOwners({
      store: new CustomerOwnerStore(database, new EventReplayStore(database)),
      query: new CustomerQuery(database),
      customers: new CustomerStore(database, systemClock),
      handlers: { ids: () => HANDLERS },
      dispatcher: { announce: () => void (announced += 1) },
      accounts: { ofCustomer: (endpoint) => endpoint ?? 'default' },
    });
  });
  afterAll(() => tables.close());

  const customers = () => tables.database.dataSource.getRepository(CustomerEntity);
  const stored = (stripeId: string): Promise<CustomerEntity> => customers().findOneByOrFail({ stripeId });
  const eventsOf = (stripeCustomerId: string): Promise<EventEntity[]> =>
    tables.database.dataSource.getRepository(EventEntity).find({ where: { stripeCustomerId }, order: { id: 'ASC' } });
  let made = 0;
  async function newCustomer(): Promise<CustomerEntity> {
    made += 1;
    await tables.customers([{ stripeId: `cus_owner_${made}` }]);
    return stored(`cus_owner_${made}`);
  }

  it('links a customer by its entity, which knows its owner then, or by its id', async () => {
    const [one, other] = [await newCustomer(), await newCustomer()];

    expect(await owners.link(one, 'u1')).toBe(one);
    expect(one.ownerId).toBe('u1');
    expect(await owners.link(other.stripeId, 'u1')).toMatchObject({ stripeId: other.stripeId, ownerId: 'u1' });
    expect(await stored(one.stripeId)).toMatchObject({ ownerId: 'u1' });
  });

  it('makes a customer known that Stripe’s API returned before its webhook came', async () => {
    const customer = { id: 'cus_just_made', object: 'customer', livemode: true, name: 'Ada' } as const;
    await owners.link(customer, 'u1');
    await owners.link(customer, 'u1');

    expect(await customers().findBy({ stripeId: 'cus_just_made' })).toMatchObject([
      { ownerId: 'u1', placeholder: true, livemode: true, account: null },
    ]);
  });

  it('keeps an owner: the same again is fine, another is refused', async () => {
    const customer = await newCustomer();
    await owners.link(customer, 'u1');

    expect(await owners.link(customer.stripeId, 'u1')).toMatchObject({ ownerId: 'u1' });
    await expect(owners.link(customer, 'U1')).rejects.toThrow(OwnerTakenError);
    await expect(owners.link(customer.stripeId, 'u2')).rejects.toMatchObject({
      code: 'STRIPE_EVENTS_OWNER_TAKEN',
      httpStatus: 409,
    });
    expect(await stored(customer.stripeId)).toMatchObject({ ownerId: 'u1' });
  });

  it('does not take what the caller believes of the owner for true', async () => {
    const customer = await newCustomer();
    await owners.link(customer.stripeId, 'u1');

    await expect(owners.link(Object.assign(customer, { ownerId: null }), 'u2')).rejects.toThrow(OwnerTakenError);
    expect(await stored(customer.stripeId)).toMatchObject({ ownerId: 'u1' });
  });

  it('has one winner of many at the same time, and tells the others', async () => {
    const customer = await newCustomer();
    const users = Array.from({ length: 12 }, (_, n) => `u${n % 6}`);
    const results = await Promise.allSettled(users.map((user) => owners.link(customer.stripeId, user)));

    const { ownerId } = await stored(customer.stripeId);
    const winners = users.filter((_, n) => results[n]!.status === 'fulfilled');
    expect(winners).toEqual([ownerId, ownerId]);
    const refused = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason as unknown);
    expect(refused).toHaveLength(10);
    expect(refused.every((reason) => reason instanceof OwnerTakenError)).toBe(true);
  });

  it('gives a customer back, and to somebody else then', async () => {
    const customer = await newCustomer();
    await owners.link(customer, 'u1');

    expect(await owners.unlink(customer)).toMatchObject({ ownerId: null });
    expect(await owners.unlink(customer.stripeId)).toMatchObject({ ownerId: null });
    expect(await owners.link(customer, 'u2')).toMatchObject({ ownerId: 'u2' });
  });

  it('takes away nobody but whom it is told', async () => {
    const customer = await newCustomer();
    await owners.link(customer, 'u1');

    await expect(owners.unlink(customer, { ownerId: 'u2' })).rejects.toThrow(OwnerTakenError);
    expect(await owners.unlink(customer, { ownerId: 'u1' })).toMatchObject({ ownerId: null });
  });

  it('says which customers are not there', async () => {
    await expect(owners.link('cus_nobody', 'u1')).rejects.toThrow(CustomerNotFoundError);
    await expect(owners.unlink('cus_nobody')).rejects.toThrow(CustomerNotFoundError);
    const customer = await newCustomer();
    await expect(owners.link(customer.stripeId, 'u1', { endpoint: 'other' })).rejects.toThrow(CustomerNotFoundError);
  });

  it.each(['', ' ', 'u1 ', 'u\u0000', 'u\ud800', 'u'.repeat(256), 1 as never, null as never])(
    'refuses %j as an owner',
    async (ownerId) => {
      const customer = await newCustomer();
      await expect(owners.link(customer, ownerId)).rejects.toThrow(InvalidRequestError);
      expect(await stored(customer.stripeId)).toMatchObject({ ownerId: null });
    },
  );

  it('takes any id that a user may have', async () => {
    const customer = await newCustomer();
    const ownerId = `${'ü'.repeat(250)}💶 x`;
    await owners.link(customer, ownerId);

    expect(await stored(customer.stripeId)).toMatchObject({ ownerId });
  });

  describe('and the events that missed it', () => {
    async function handled(rows: Partial<EventEntity>[]): Promise<CustomerEntity> {
      const customer = await newCustomer();
      await tables.events(rows.map((row) => ({ ...SETTLED, stripeCustomerId: customer.stripeId, ...row })));
      return customer;
    }
    const due = async ({ stripeId }: CustomerEntity): Promise<string[]> =>
      (await eventsOf(stripeId)).filter(({ status }) => status === 'pending').map(({ kind }) => kind);

    it('leaves them alone unless it is told to replay them', async () => {
      const customer = await handled([{ kind: 'a' }]);
      await owners.link(customer, 'u1');

      expect(await due(customer)).toEqual([]);
    });

    it('replays those that were handled, not those that were ignored or are in work, and nobody else’s', async () => {
      const stranger = await handled([{ kind: 'theirs' }]);
      const customer = await handled([
        { kind: 'a' },
        { kind: 'b', status: 'dead' },
        { kind: 'c', status: 'ignored', ignoredReason: 'livemode' },
        { kind: 'd', status: 'processing' },
      ]);
      const before = announced;
      await owners.link(customer, 'u1', { replay: true });

      expect(await due(customer)).toEqual(['a', 'b']);
      expect(await due(stranger)).toEqual([]);
      expect(announced).toBe(before + 1);
    });

    it('replays what is asked for, and only the handlers that are named', async () => {
      const customer = await handled([{ kind: 'invoice.paid' }, { kind: 'charge.refunded' }]);
      const [paid] = await eventsOf(customer.stripeId);
      await tables.runs(HANDLERS.map((handler) => ({ eventId: paid!.id, handler })));
      await owners.link(customer, 'u1', { replay: { kind: 'invoice.*', handlers: ['Access.grant'] } });

      expect(await due(customer)).toEqual(['invoice.paid']);
      const runs = await tables.database.query('SELECT handler FROM stripe_event_handler_run WHERE event_id = ?', [
        paid!.id,
      ]);
      expect(runs).toEqual([{ handler: 'Mail.send' }]);
    });

    it('replays them again for whoever links the same owner again', async () => {
      const customer = await handled([{ kind: 'a' }]);
      await owners.link(customer, 'u1');
      await owners.link(customer, 'u1', { replay: true });

      expect(await due(customer)).toEqual(['a']);
    });

    it('replays nothing for an owner that was refused', async () => {
      const customer = await handled([{ kind: 'a' }]);
      await owners.link(customer, 'u1');
      await expect(owners.link(customer, 'u2', { replay: true })).rejects.toThrow(OwnerTakenError);

      expect(await due(customer)).toEqual([]);
    });

    it.each<[string, LinkOwnerOptions['replay']]>([
      ['a handler is named that is not there', { handlers: ['Access.grnat'] }],
      ['a moment is none', { from: new Date(Number.NaN) }],
    ])('links nobody when %s', async (_what, replay) => {
      const customer = await handled([{ kind: 'a' }]);
      await expect(owners.link(customer, 'u1', { replay: replay! })).rejects.toThrow(InvalidRequestError);

      expect(await stored(customer.stripeId)).toMatchObject({ ownerId: null });
      expect(await due(customer)).toEqual([]);
    });
  });

  it('never changes an owner but by unlinking it, in whatever order people link and unlink', async () => {
    const user = fc.constantFrom('u1', 'u2', 'u3');
    const step = fc.oneof(
      fc.record({ link: user }),
      fc.record({ unlink: fc.option(user) }),
      fc.record({ together: fc.array(user, { minLength: 2, maxLength: 4 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        const { stripeId } = await newCustomer();
        let expected: string | null = null;
        const link = (owner: string) => owners.link(stripeId, owner).then(() => owner, refusal);
        for (const each of steps) {
          if ('unlink' in each) {
            const allowed: boolean = each.unlink === null || expected === null || each.unlink === expected;
            await owners.unlink(stripeId, each.unlink === null ? {} : { ownerId: each.unlink }).catch(refusal);
            expected = allowed ? null : expected;
          } else {
            const users: string[] = 'link' in each ? [each.link] : each.together;
            const linked = await Promise.all(users.map(link));
            const { ownerId } = await stored(stripeId);
            expect(expected === null ? users : [expected]).toContain(ownerId);
            expect(linked).toEqual(users.map((one) => (one === ownerId ? one : null)));
            expected = ownerId;
          }
          expect(await stored(stripeId)).toMatchObject({ ownerId: expected });
        }
      }),
      { numRuns: kind.family === 'sqlite' ? 60 : 25 },
    );
  });
});

/** Nothing else may be thrown than that somebody else has the customer. */
function refusal(error: unknown): null {
  expect(error).toBeInstanceOf(OwnerTakenError);
  return null;
}
