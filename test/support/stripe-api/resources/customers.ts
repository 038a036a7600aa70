import { noSuch } from '../api-error';
import { Collection, type Item } from '../collection';
import { isWithin, listOf } from '../list';
import { textOf } from '../parameters';
import type { Route } from '../route';

/** A customer, or as much of it as a test wants. */
export interface CustomerObject extends Item {
  readonly object: 'customer';
  readonly [field: string]: unknown;
}

/** The customers of an account. */
export class Customers extends Collection<CustomerObject> {
  constructor() {
    super('customer');
  }
}

/** A list leaves deleted customers out; by its id, a stub of one is given. */
export const customerRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/customers',
    answer: ({ account, query }) => {
      const email = textOf(query.email);
      return listOf('/v1/customers', account.customers, query, {
        matches: (customer) => isWithin(customer.created, query) && (email === undefined || customer.email === email),
      });
    },
  },
  {
    method: 'GET',
    path: '/v1/customers/:id',
    answer: ({ account: { customers }, id }) => {
      if (customers.isDeleted(id)) {
        return { id, object: 'customer', deleted: true };
      }
      const customer = customers.get(id);
      if (customer === undefined) {
        throw noSuch('customer', id);
      }
      return customer;
    },
  },
];
