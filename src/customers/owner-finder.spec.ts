import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { FaultKind } from '../database';
import { EventEntity } from '../events';
import type { OwnerClaim } from './customer-owner.store';
import { CustomerEntity } from './customer.entity';
import { OwnerFinder, type OwnerFinderOptions } from './owner-finder';
import type { StripeOwnerResolver } from './owner-resolver';

function customer(id: string, parts: Partial<CustomerEntity> = {}): CustomerEntity {
  return Object.assign(new CustomerEntity(), { id, ownerId: null, account: null, ...parts });
}

function event(kind: string, parts: Partial<EventEntity> = {}): EventEntity {
  const message = { id: 'evt_1', object: 'event', type: kind };
  return Object.assign(new EventEntity(), { kind, account: null, message, ...parts });
}

interface Script extends Partial<OwnerFinderOptions> {
  resolvers: StripeOwnerResolver[];
  fault?: FaultKind;
}

function finding({ fault, ...options }: Script) {
  const claimed: [string, string][] = [];
  const claim = (claims: readonly OwnerClaim[]) => {
    claimed.push(...claims.map((each) => [each.customer.id, each.ownerId] as [string, string]));
    return fault === undefined ? Promise.resolve(new Set<string>()) : Promise.reject(new Error('no'));
  };
  const dialect = { classify: () => fault } as never;
  const finder = new OwnerFinder({ dialect }, { claim }, { connectedAccounts: false, missed: undefined, ...options });
  return { finder, claimed };
}

describe('OwnerFinder', () => {
  const errors: string[] = [];
  beforeEach(() => {
    errors.length = 0;
    jest.spyOn(Logger.prototype, 'error').mockImplementation((message) => void errors.push(String(message)));
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('sets the owners of all customers together', async () => {
    const [a, b] = [customer('a'), customer('b')];
    const { finder, claimed } = finding({ resolvers: [({ customer: { id } }) => `owner of ${id}`] });
    const [one, two] = [event('x'), event('y')];

    expect(await finder.find([one, two], (each) => (each === one ? a : b))).toBe(true);
    expect(claimed).toEqual([['a', 'owner of a'], ['b', 'owner of b']]); // prettier-ignore
  });

  it('asks nobody about events without a customer, and customers with an owner', async () => {
    const resolver = jest.fn<StripeOwnerResolver>();
    const { finder } = finding({ resolvers: [resolver] });
    const owned = customer('a', { ownerId: 'u1' });

    expect(await finder.find([event('x')], () => null)).toBe(false);
    expect(await finder.find([event('x')], () => owned)).toBe(false);
    expect(resolver).not.toHaveBeenCalled();
  });

  it('asks a stronger resolver about all events of a customer before a weaker one about any', async () => {
    const strong: StripeOwnerResolver = ({ event: { type } }) => (type === 'second' ? 'strong' : null);
    const { finder, claimed } = finding({ resolvers: [strong, () => 'weak'] });
    const one = customer('a');
    await finder.find([event('first'), event('second')], () => one);

    expect(claimed).toEqual([['a', 'strong']]);
  });

  it('asks no weaker resolver behind one that failed', async () => {
    const { finder, claimed } = finding({ resolvers: [() => Promise.reject(new Error('away')), () => 'weak'] });

    expect(await finder.find([event('x')], () => customer('a'))).toBe(false);
    expect(claimed).toEqual([]);
  });

  it('goes on without the customers whose resolver fails or does not answer, and says so once for each type', async () => {
    const answers: StripeOwnerResolver = ({ customer: { id } }) => {
      if (id === 'fails') {
        throw new Error('away, said ada@example.com');
      }
      return id === 'hangs' ? new Promise(() => undefined) : 'u1';
    };
    const { finder, claimed } = finding({ resolvers: [answers], patienceMs: 5 });
    const events = ['fails', 'hangs', 'fine'].map((kind) => event(kind));
    const known = new Map(events.map((each) => [each, customer(each.kind)]));
    await finder.find(events, (each) => known.get(each)!);
    await finder.find(events, (each) => known.get(each)!);

    expect(claimed).toEqual([['fine', 'u1'], ['fine', 'u1']]); // prettier-ignore
    expect(errors).toHaveLength(2);
    expect(errors.join()).toMatch(/failed on fails.*failed on hangs.*No answer within 5 ms/s);
    expect(errors.join()).not.toContain('ada@');
  });

  it.each(['', ' u1', 'u\n1', 'u'.repeat(256), 7 as never, {} as never])('refuses %j as an owner', async (answer) => {
    const { finder, claimed } = finding({ resolvers: [() => answer] });

    expect(await finder.find([event('x')], () => customer('a'))).toBe(false);
    expect(claimed).toEqual([]);
    expect(errors).toHaveLength(1);
  });

  it.each([
    ['the customer', customer('a', { account: 'acct_1' }), event('x')],
    ['the event', customer('a'), event('x', { account: 'acct_1' })],
  ])('asks only when it is told to where %s belongs to a connected account', async (_what, foreign, record) => {
    const closed = finding({ resolvers: [() => 'u1'] });
    const open = finding({ resolvers: [() => 'u1'], connectedAccounts: true });

    expect(await closed.finder.find([record], () => foreign)).toBe(false);
    expect(await open.finder.find([record], () => foreign)).toBe(true);
  });

  it('lets the event wait for a database that is down, and go on where the statement was refused', async () => {
    const down = finding({ resolvers: [() => 'u1'], fault: 'unavailable' });
    const refused = finding({ resolvers: [() => 'u1'], fault: 'refused' });

    await expect(down.finder.find([event('x')], () => customer('a'))).rejects.toThrow('no');
    expect(await refused.finder.find([event('x')], () => customer('a'))).toBe(false);
  });
});
