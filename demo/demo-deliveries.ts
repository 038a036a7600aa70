import { buildEvent, signedDelivery, testId, type SignedDelivery } from 'nestjs-stripe-events/testing';

/** One delivery of the demo, and what to call it. */
export interface DemoDelivery extends SignedDelivery {
  readonly label: string;
  readonly eventId: string;
}

/** What Stripe might send within a minute, in no particular order: duplicates, failures and a forgery among it. */
export function demoDeliveries(secret: string): DemoDelivery[] {
  const customer = testId('cus');
  const about = (type: string, object: object): Record<string, unknown> =>
    buildEvent({ type, object: { ...object, customer } });
  const subscription = { id: testId('sub'), object: 'subscription', status: 'active' };
  const invoice = { id: testId('in'), object: 'invoice', amount_paid: 4_900, currency: 'eur' };
  const person = { id: customer, object: 'customer', email: 'ada@example.com', name: 'Ada Example', livemode: false };
  const paid = about('invoice.paid', invoice);
  const sign = (label: string, event: Record<string, unknown>): DemoDelivery => {
    return { label, eventId: String(event.id), ...signedDelivery(event, secret) };
  };
  const forged = {
    ...sign('invoice.paid, forged', about('invoice.paid', invoice)),
    ...forgery(about('invoice.paid', invoice)),
  };
  return [
    sign('customer.subscription.created, before its customer', about('customer.subscription.created', subscription)),
    sign('invoice.paid', paid),
    sign('invoice.paid, sent again', paid),
    sign('customer.created, late', buildEvent({ type: 'customer.created', object: person })),
    sign('invoice.payment_failed, its handler fails twice', about('invoice.payment_failed', invoice)),
    sign('charge.succeeded, which nobody handles', about('charge.succeeded', { id: testId('ch'), object: 'charge' })),
    forged,
    sign(
      'customer.subscription.deleted',
      about('customer.subscription.deleted', { ...subscription, status: 'canceled' }),
    ),
  ];
}

function forgery(event: Record<string, unknown>): SignedDelivery {
  return signedDelivery(event, 'whsec_somebody_elses');
}
