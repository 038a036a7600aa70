import { buildEvent } from 'nestjs-stripe-events/testing';

/** Now, as Stripe counts it. */
export const nowSeconds = (): number => Math.floor(Date.now() / 1_000);

/** An event that Stripe made so many seconds ago, with an id that ends in a number. */
export function listedEvent(index: number, secondsAgo: number, type = 'invoice.paid'): Record<string, unknown> {
  const object = { id: `in_${index}`, object: 'invoice', customer: `cus_${index % 50}` };
  return { ...buildEvent({ id: `evt_listed_${index}`, type, object }), created: nowSeconds() - secondsAgo };
}
