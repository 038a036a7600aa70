import { buildEvent, testId } from 'nestjs-stripe-events/testing';
import { signedRequest } from '../support/signed-request';

export const SECRET = 'whsec_made_up_for_the_load';
export const PATH = '/stripe/webhook';

/** One type of event for each kind of handler. */
export const KINDS = ['charge.succeeded', 'payout.paid', 'refund.created', 'invoice.paid'] as const;

const ID = 'evt_of_the_load_000000000';
const TYPE = 'type.of.the.load';
const OBJECT = 'obj_of_the_load_000000000';

const BODY = JSON.stringify(
  buildEvent({
    id: ID,
    type: TYPE,
    object: { id: OBJECT, object: 'thing', customer: testId('cus'), currency: 'eur', filler: 'x'.repeat(1_500) },
  }),
  null,
  2,
);

/** The kind of the event of this number. */
export function kindOf(index: number): (typeof KINDS)[number] {
  return KINDS[index % KINDS.length] ?? KINDS[0];
}

/** Stripe's id of the event of this number. */
export function idOf(index: number): string {
  return `evt_of_the_load_${String(index).padStart(9, '0')}`;
}

/** The bytes of a signed HTTP request with the event of this number: the same event whenever it is asked for. */
export function requestOf(index: number): Buffer {
  const id = idOf(index);
  const body = BODY.replace(ID, id).replace(TYPE, kindOf(index)).replace(OBJECT, id.replace('evt', 'obj'));
  return signedRequest(body, { path: PATH, secret: SECRET });
}

/** So many events, and a share of them once more, in an order that is as good as any. */
export function shuffled(events: number, repeatedShare: number): number[] {
  const repeated = Math.round(events * repeatedShare);
  const order = Array.from({ length: events + repeated }, (_, at) => (at < events ? at : randomBelow(events)));
  for (let at = order.length - 1; at > 0; at -= 1) {
    const other = randomBelow(at + 1);
    [order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0];
  }
  return order;
}

function randomBelow(bound: number): number {
  return Math.floor(Math.random() * bound);
}
