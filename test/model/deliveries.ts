import { readDelivery, unusableFacts, type NewEvent } from '../../src/events';
import type { EventPlan } from './history';

/** The delivery of a planned event, read as the endpoint does. */
export function deliveryOf(plan: EventPlan, index: number, receivedAtMs: number): NewEvent {
  const bytes = Buffer.from(bodyOf(plan, index));
  const read = readDelivery(bytes);
  const came = {
    endpoint: 'default',
    source: 'webhook',
    receivedAtMs,
    body: { encoding: read.encoding, bytes },
  } as const;
  if (read.kind === 'event') {
    return { ...came, facts: read.facts };
  }
  const settled = { status: 'dead', reason: null, error: read.reason } as const;
  return { ...came, facts: unusableFacts(read.stripeId), settled };
}

/** Which planned event it is, by Stripe's id; undefined for what is no event. */
export function indexOf(stripeId: string): number | undefined {
  const [, index] = /^evt_(\d+)$/.exec(stripeId) ?? [];
  return index === undefined ? undefined : Number(index);
}

function bodyOf({ kind, object, created }: EventPlan, index: number): string {
  const event = { id: `evt_${index}`, object: 'event', type: kind, created, livemode: false };
  return kind === 'broken'
    ? `no event ${index}`
    : JSON.stringify({ ...event, data: { object: objectOf(kind, object) } });
}

function objectOf(kind: string, object: number): object {
  return kind === 'customer.updated'
    ? { id: `cus_${object}`, object: 'customer', email: null }
    : { id: `in_${object}`, object: 'invoice', customer: `cus_${object}` };
}
