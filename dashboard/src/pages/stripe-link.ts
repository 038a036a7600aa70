import type { Event } from '../api/types';

/** The event on Stripe's own pages; those of a connected account are below its id. */
export function stripeHref({ stripeId, livemode, account }: Event): string {
  // Test events of the Dashboard are stored under ids of their own.
  const [id = ''] = stripeId.split(':');
  const parts = [account, livemode ? null : 'test', 'events', id].filter((part): part is string => part !== null);
  return `https://dashboard.stripe.com/${parts.map(encodeURIComponent).join('/')}`;
}
