import { describe, expect, it } from '@jest/globals';
import { EventEntity } from '../events';
import { CustomerEntity } from './customer.entity';
import {
  ownerFromClientReference,
  ownerFromMetadata,
  ownerFromVerifiedEmail,
  type StripeOwnerQuestion,
} from './owner-resolver';

function about(customer: Partial<CustomerEntity>, event: object = {}): StripeOwnerQuestion {
  const nothing = { metadata: null, email: null };
  return {
    customer: Object.assign(new CustomerEntity(), nothing, customer),
    event: { id: 'evt_1', ...event },
    record: new EventEntity(),
  };
}

const session = (parts: object, type = 'checkout.session.completed') =>
  about({}, { type, data: { object: { object: 'checkout.session', ...parts } } });

describe('ownerFromMetadata', () => {
  const resolve = ownerFromMetadata('userId');

  it('reads the customer’s metadata', () => {
    expect(resolve(about({ metadata: { userId: 'u1', other: 'x' } }))).toBe('u1');
  });

  it.each([null, {}, { userId: '' }, { userId: '  ' }, { userId: 7 }, { userid: 'u1' }, 'userId', []])(
    'has no answer in %j',
    (metadata) => {
      expect(resolve(about({ metadata }))).toBeNull();
    },
  );

  it('takes no key for an answer that every object has', () => {
    expect(ownerFromMetadata('constructor')(about({ metadata: {} }))).toBeNull();
  });
});

describe('ownerFromClientReference', () => {
  const resolve = ownerFromClientReference();

  it('reads a completed Checkout session', () => {
    expect(resolve(session({ client_reference_id: 'u1', payment_link: null }))).toBe('u1');
  });

  it('does not believe a payment link, in whose URL anybody can write an id, unless it is told to', () => {
    const linked = session({ client_reference_id: 'victim', payment_link: 'plink_1' });
    expect(resolve(linked)).toBeNull();
    expect(ownerFromClientReference({ paymentLinks: true })(linked)).toBe('victim');
  });

  it.each([
    ['a session without one', session({ client_reference_id: null })],
    ['another type of event', session({ client_reference_id: 'u1' }, 'checkout.session.expired')],
    ['an event without an object', about({}, { type: 'checkout.session.completed', data: { object: null } })],
    ['an event without data', about({}, { type: 'checkout.session.completed' })],
  ])('has no answer in %s', (_what, question) => {
    expect(resolve(question)).toBeNull();
  });
});

describe('ownerFromVerifiedEmail', () => {
  it('asks who has the address', async () => {
    const asked: string[] = [];
    const resolve = ownerFromVerifiedEmail((email) => {
      asked.push(email);
      return Promise.resolve('u1');
    });

    expect(await resolve(about({ email: 'Ada@example.com' }))).toBe('u1');
    expect(asked).toEqual(['Ada@example.com']);
  });

  it.each([null, '', '  '])('asks nobody about %j', async (email) => {
    const resolve = ownerFromVerifiedEmail(() => 'whoever has no address either');

    expect(await resolve(about({ email }))).toBeNull();
  });

  it('asks once about the events of one customer that are prepared together', async () => {
    let calls = 0;
    const resolve = ownerFromVerifiedEmail(() => {
      calls += 1;
      return null;
    });
    const question = about({ email: 'ada@example.com' });
    await resolve(question);
    await resolve({ ...question, event: { id: 'evt_2' } });
    await resolve(about({ email: 'ada@example.com' }));

    expect(calls).toBe(2);
  });
});
