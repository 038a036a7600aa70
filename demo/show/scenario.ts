import { buildEvent, signedDelivery, testId, type SignedDelivery } from 'nestjs-stripe-events/testing';

/** One delivery of the demonstration, and what must become of it. */
export interface Step extends SignedDelivery {
  readonly type: string;
  readonly eventId: string;
  readonly who: Person;
  /** What is special about it. */
  readonly twist: string;
  readonly expected: Expected;
}

export interface Expected {
  readonly answer: '200 new' | '200 duplicate' | '400 refused';
  readonly became: string;
  readonly attempts: number | null;
}

/** A user, with what must be known of her in the end. */
export interface Person {
  readonly name: string;
  readonly customer: string;
  readonly email: string;
  readonly expected: { readonly access: string; readonly paid: string; readonly letters: string };
}

export interface Scenario {
  readonly people: readonly Person[];
  readonly steps: readonly Step[];
}

/** The plan that a subscription names before the application knows it. */
export const NEW_PLAN = 'team';

const SUCCEEDED: Expected = { answer: '200 new', became: 'succeeded', attempts: 1 };

/** What Stripe may send within a minute: duplicates, the wrong order, a forgery. Every run has ids of its own. */
export function scenario(secret: string): Scenario {
  const ada = person('Ada', { access: 'pro', paid: '€49.00', letters: 'receipt, welcome' });
  const grace = person('Grace', { access: NEW_PLAN, paid: '', letters: 'payment-failed' });
  const alan = person('Alan', { access: 'none', paid: '', letters: '' });

  const now = Math.floor(Date.now() / 1000);
  const paid = event('invoice.paid', ada, { ...invoice(ada), amount_paid: 4_900 });
  const forged = event('invoice.paid', ada, { ...invoice(ada), amount_paid: 990_000 });
  const began = event('customer.subscription.created', alan, subscription('basic'), now - 60);
  const ended = event('customer.subscription.deleted', alan, subscription('basic', 'canceled'), now);

  const step = ({ body, type, who }: Sent, twist: string, expected: Partial<Expected> = {}, key = secret): Step => {
    const signed = signedDelivery(body, key);
    return { ...signed, type, who, twist, eventId: String(body.id), expected: { ...SUCCEEDED, ...expected } };
  };
  const steps = [
    step(event('customer.subscription.created', ada, subscription('pro')), 'before its customer'),
    step(paid, ''),
    step(paid, 'the same event again', { answer: '200 duplicate' }),
    step(event('customer.created', ada, customer(ada)), 'late, its customer is known by id'),
    step(forged, 'signed by somebody else', { answer: '400 refused', became: 'not stored', attempts: null }, 'whsec_x'),
    step(event('invoice.payment_failed', grace, invoice(grace)), 'the mail provider fails twice', { attempts: 3 }),
    step(event('charge.succeeded', grace, { id: testId('ch'), object: 'charge' }), 'nobody handles it', {
      became: 'ignored (no-handler)',
    }),
    step(ended, ''),
    step(began, 'older than 8, and delivered after it'),
    step(event('customer.subscription.created', grace, subscription(NEW_PLAN)), 'its plan is not known yet', {
      became: 'dead, replayed: succeeded',
    }),
  ];
  return { people: [ada, grace, alan], steps };
}

interface Sent {
  readonly body: Record<string, unknown>;
  readonly type: string;
  readonly who: Person;
}

function event(type: string, who: Person, object: object, created?: number): Sent {
  const about = type.startsWith('customer.c') ? object : { ...object, customer: who.customer };
  return { type, who, body: buildEvent({ type, object: about, ...(created === undefined ? {} : { created }) }) };
}

function person(name: string, expected: Person['expected']): Person {
  const customer = testId('cus');
  return { name, customer, email: `${name.toLowerCase()}+${customer.slice(-6)}@example.com`, expected };
}

function customer({ customer: id, email, name }: Person): object {
  return { id, object: 'customer', email, name, livemode: false };
}

function invoice({ email }: Person): object {
  return { id: testId('in'), object: 'invoice', amount_paid: 0, currency: 'eur', customer_email: email };
}

function subscription(lookupKey: string, status = 'active'): object {
  const price = { id: testId('price'), object: 'price', lookup_key: lookupKey };
  return { id: testId('sub'), object: 'subscription', status, items: { data: [{ price }] } };
}
