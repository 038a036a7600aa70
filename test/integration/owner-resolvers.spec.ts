import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import {
  CustomerEntity,
  CustomerOwners,
  InvalidOptionsError,
  ownerFromClientReference,
  ownerFromMetadata,
  ownerFromVerifiedEmail,
  OnStripeEvent,
  StripeEventActionService,
  type StripeCustomerOptions,
  type StripeHandlerContext,
} from 'nestjs-stripe-events';
import { buildEvent, testId, waitForEvent } from 'nestjs-stripe-events/testing';
import { databases, memoryDatabase } from '../support/databases';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';

const seen: { kind: string; ownerId: string | null | undefined }[] = [];

@Injectable()
class Access {
  @OnStripeEvent('*', { id: 'access' })
  grant(_event: unknown, { record, customer }: StripeHandlerContext): void {
    seen.push({ kind: record.kind, ownerId: customer?.ownerId });
  }
}

const VERIFIED = new Map([['ada@example.com', 'ada']]);
const CUSTOMERS: StripeCustomerOptions = {
  owner: [
    ownerFromMetadata('userId'),
    ownerFromClientReference(),
    ownerFromVerifiedEmail((email) => Promise.resolve(VERIFIED.get(email.toLowerCase()))),
  ],
  replayMissed: { when: ['linked', 'described'], handlers: ['access'], kind: 'invoice.*' },
};

describe.each(databases)('the owners that resolvers find, in $name', (database) => {
  let ledger: LedgerApp;

  beforeAll(async () => {
    ledger = await startLedgerApp({
      database,
      platform: platforms[0]!,
      providers: [Access],
      stripe: { processing: { sweepMs: 20 }, customers: CUSTOMERS },
    });
  });
  afterAll(() => ledger.close());
  beforeEach(() => {
    seen.length = 0;
  });

  async function deliver(parts: Parameters<typeof buildEvent>[0]): Promise<string> {
    const event = buildEvent(parts);
    await ledger.deliver(event);
    await waitForEvent(ledger.app, String(event.id), 'succeeded');
    return String(event.id);
  }
  const invoiceOf = (customer: string, account?: string) =>
    deliver({
      type: 'invoice.paid',
      object: { id: testId('in'), object: 'invoice', customer },
      ...(account === undefined ? {} : { account }),
    });
  const ownerOf = async (stripeId: string): Promise<string | null> =>
    (await ledger.dataSource.getRepository(CustomerEntity).findOneByOrFail({ stripeId })).ownerId;

  it('are there when the handlers of that very event run', async () => {
    const id = testId('cus');
    await deliver({ type: 'customer.created', object: { id, object: 'customer', metadata: { userId: 'u1' } } });

    expect(seen).toEqual([{ kind: 'customer.created', ownerId: 'u1' }]);
  });

  it('come from a Checkout session, and make the customer’s earlier events run again', async () => {
    const customer = testId('cus');
    const missed = await invoiceOf(customer);
    expect(seen).toEqual([{ kind: 'invoice.paid', ownerId: null }]);

    const object = { id: testId('cs'), object: 'checkout.session', customer, client_reference_id: 'u2' };
    await deliver({ type: 'checkout.session.completed', object: { ...object, payment_link: null } });
    await waitForEvent(ledger.app, missed, 'succeeded');

    expect(await ownerOf(customer)).toBe('u2');
    expect(seen).toContainEqual({ kind: 'checkout.session.completed', ownerId: 'u2' });
    expect(seen).toContainEqual({ kind: 'invoice.paid', ownerId: 'u2' });
    expect(seen).toHaveLength(3);
  });

  it('come from an address that somebody has proved to be theirs, and from no other', async () => {
    const [ada, stranger] = [testId('cus'), testId('cus')];
    await deliver({ type: 'customer.created', object: { id: ada, object: 'customer', email: 'Ada@example.com' } });
    await deliver({ type: 'customer.created', object: { id: stranger, object: 'customer', email: 'eve@example.com' } });

    expect(await ownerOf(ada)).toBe('ada');
    expect(await ownerOf(stranger)).toBeNull();
  });

  it('stay when the customer’s address or metadata change', async () => {
    const id = testId('cus');
    await deliver({ type: 'customer.created', object: { id, object: 'customer', metadata: { userId: 'u3' } } });
    const changed = { id, object: 'customer', email: 'ada@example.com', metadata: { userId: 'u4' } };
    await deliver({ type: 'customer.updated', object: changed });

    expect(await ownerOf(id)).toBe('u3');
  });

  it('are not looked for where a connected account says who they are', async () => {
    const id = testId('cus');
    const object = { id, object: 'customer', metadata: { userId: 'victim' } };
    await deliver({ type: 'customer.created', object, account: 'acct_1' });

    expect(await ownerOf(id)).toBeNull();
  });

  it('are not needed for what was known by its id alone: its events run again when it is described', async () => {
    const id = testId('cus');
    const missed = await invoiceOf(id);
    await deliver({ type: 'customer.created', object: { id, object: 'customer', email: 'bob@example.com' } });
    await waitForEvent(ledger.app, missed, 'succeeded');
    await deliver({ type: 'customer.updated', object: { id, object: 'customer', email: 'bob@example.org' } });

    expect(seen.map(({ kind }) => kind).sort()).toEqual([
      ...['customer.created', 'customer.updated', 'invoice.paid', 'invoice.paid'],
    ]);
  });

  it('do not come back after somebody was unlinked, until the next event names them again', async () => {
    const id = testId('cus');
    await deliver({ type: 'customer.created', object: { id, object: 'customer', metadata: { userId: 'u5' } } });
    await ledger.app.get(CustomerOwners).unlink(id);
    expect(await ownerOf(id)).toBeNull();

    await invoiceOf(id);
    expect(await ownerOf(id)).toBe('u5');
  });
});

describe('the options of owners', () => {
  const start = (customers: StripeCustomerOptions): Promise<LedgerApp> =>
    startLedgerApp({
      database: memoryDatabase,
      platform: platforms[0]!,
      providers: [Access],
      stripe: { processing: { sweepMs: 20 }, customers },
    });

  it.each<[string, object]>([
    ['customers.owner', { owner: 'metadata' }],
    ['customers.owner', { owner: [ownerFromMetadata('a'), null] }],
    ['customers.ownersOfConnectedAccounts', { ownersOfConnectedAccounts: 'yes' }],
    ['customers.replayMissed.when', { replayMissed: {} }],
    ['customers.replayMissed.when', { replayMissed: { when: ['later'] } }],
    ['customers.replayMissed.status', { replayMissed: { when: ['linked'], status: 'done' } }],
    ['customers.replayMissed.handlers', { replayMissed: { when: ['linked'], handlers: [] } }],
    ['customers.replayMissed.handlers', { replayMissed: { when: ['linked'], handlers: ['acess'] } }],
    ['customers.replayMissed.from', { replayMissed: { when: ['linked'], from: 'yesterday' } }],
  ])('%s cannot be %j', async (name, customers) => {
    await expect(start(customers)).rejects.toThrow(InvalidOptionsError);
    await expect(start(customers)).rejects.toThrow(name);
  });

  it('let events be handled by an application without resolvers', async () => {
    const ledger = await start({});
    const event = buildEvent({ type: 'customer.created', object: { id: testId('cus'), object: 'customer' } });
    await ledger.deliver(event);
    const { customer } = await waitForEvent(ledger.app, String(event.id), 'succeeded');
    await ledger.close();

    expect(customer).toBeUndefined();
    expect(ledger.app.get(StripeEventActionService)).toBeDefined();
  });
});
