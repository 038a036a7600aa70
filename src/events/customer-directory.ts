import type { CustomerEntity } from '../customers';

/** A customer as an event names it. */
export interface KnownCustomer {
  readonly endpoint: string;
  readonly stripeId: string;
  readonly livemode: boolean;
  readonly account: string | null;
}

/** Where events find the customers they concern. */
export interface CustomerDirectory {
  /**
   * The customers of these ids, by {@link directoryKey}; a customer that is not known yet becomes a placeholder.
   * A fixed number of statements, however many customers.
   */
  ensure(customers: readonly KnownCustomer[]): Promise<ReadonlyMap<string, CustomerEntity>>;
}
export const CustomerDirectory = Symbol('StripeCustomerDirectory');

/** What tells a customer from all others. */
export function directoryKey(endpoint: string, stripeId: string): string {
  return `${endpoint} ${stripeId}`;
}
