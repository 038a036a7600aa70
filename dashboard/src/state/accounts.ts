import { computed } from '@preact/signals';
import { hrefTo } from './route';
import { about } from './session';

/** The Stripe accounts that the application serves, by their names. */
export const accounts = computed<readonly string[]>(() => about.value?.endpoints ?? []);

/** Whether it matters which account something belongs to. */
export const several = computed(() => accounts.value.length > 1);

/** Something that an account has, beside which another account may have one of the same id. */
export interface Owned {
  readonly stripeId: string;
  readonly endpoint: string;
}

/** Names the account of something, where there are several. */
export function within(endpoint: string | undefined): { readonly endpoint?: string } {
  return several.value && endpoint !== undefined ? { endpoint } : {};
}

export function eventHref({ stripeId, endpoint }: Owned): string {
  return hrefTo(['events', stripeId], within(endpoint));
}

export function customerHref({ stripeId, endpoint }: Owned): string {
  return hrefTo(['customers', stripeId], within(endpoint));
}

/** How a table looks whose last column is the account, where there are several. */
export function tableLook(look: 'events' | 'customers'): string {
  return several.value ? `${look} with-account` : look;
}

/** What tells it from all others. */
export function keyOf({ stripeId, endpoint }: Owned): string {
  return `${endpoint} ${stripeId}`;
}
