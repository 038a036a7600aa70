import { buildEvent, testId } from 'nestjs-stripe-events/testing';
import { signedRequest } from '../support/signed-request';

export const SECRET = 'whsec_made_up_for_the_benchmark';
export const PATH = '/stripe/webhook';

const ID = 'evt_________________________';

/** Signed deliveries of an event of about 4 kB, each with an id of its own. */
export class Deliveries {
  private readonly body = JSON.stringify(invoiceEvent(), null, 2);
  private readonly start = `${Date.now().toString(36)}${process.pid.toString(36)}`;
  private made = 0;

  /** How long one body is, in bytes. */
  readonly bytes = Buffer.byteLength(this.body);

  /** The bytes of one HTTP request. */
  next(): Buffer {
    this.made += 1;
    const id = `evt_${`${this.start}${this.made.toString(36).padStart(8, '0')}`.padEnd(ID.length - 4, 'x')}`;
    const body = this.body.replace(ID, id);
    return signedRequest(body, { path: PATH, secret: SECRET });
  }
}

/** A paid invoice with two lines, as Stripe would write it. */
function invoiceEvent(): Record<string, unknown> {
  const subscription = testId('sub');
  return buildEvent({
    id: ID,
    type: 'invoice.paid',
    object: {
      id: testId('in'),
      object: 'invoice',
      account_country: 'DE',
      account_name: 'Example GmbH',
      amount_due: 9_800,
      amount_paid: 9_800,
      amount_remaining: 0,
      attempt_count: 1,
      attempted: true,
      auto_advance: false,
      automatic_tax: { enabled: true, liability: { type: 'self' }, status: 'complete' },
      billing_reason: 'subscription_cycle',
      collection_method: 'charge_automatically',
      created: 1_795_600_000,
      currency: 'eur',
      customer: testId('cus'),
      customer_address: { city: 'Berlin', country: 'DE', line1: 'Example Street 1', line2: null, postal_code: '10115' },
      customer_email: 'ada@example.com',
      customer_name: 'Ada Example',
      customer_tax_exempt: 'none',
      hosted_invoice_url: `https://invoice.stripe.com/i/${testId('acct')}/${testId('test')}`,
      invoice_pdf: `https://pay.stripe.com/invoice/${testId('acct')}/${testId('test')}/pdf`,
      lines: { object: 'list', data: [line(subscription), line(subscription)], has_more: false, total_count: 2 },
      livemode: false,
      metadata: { tenant: testId('t'), plan: 'team' },
      number: 'EXAMPLE-0042',
      parent: { type: 'subscription_details', subscription_details: { subscription, metadata: {} } },
      period_end: 1_795_600_000,
      period_start: 1_793_000_000,
      status: 'paid',
      status_transitions: { finalized_at: 1_795_600_000, paid_at: 1_795_600_060, voided_at: null },
      subtotal: 9_800,
      total: 9_800,
    },
  });
}

function line(subscription: string): object {
  return {
    id: testId('il'),
    object: 'line_item',
    amount: 4_900,
    currency: 'eur',
    description: '1 × Team (at €49.00 / month)',
    discountable: true,
    metadata: {},
    parent: {
      type: 'subscription_item_details',
      subscription_item_details: { proration: false, subscription, subscription_item: testId('si') },
    },
    period: { end: 1_795_600_000, start: 1_793_000_000 },
    pricing: { type: 'price_details', price_details: { price: testId('price'), product: testId('prod') } },
    quantity: 1,
  };
}
