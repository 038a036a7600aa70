import type { LedgerDatabase } from '../database';
import { AmbiguousIdError } from '../errors';
import {
  allOf,
  anyOf,
  beginsWith,
  beginsWithAnyCase,
  DEFAULT_ENDPOINT,
  isOneOf,
  isText,
  keysetOf,
  pageOf,
  when,
  type Condition,
  type Page,
} from '../events';
import { customerFromRow, CUSTOMER_COLUMNS } from './customer-row';
import { CustomerEntity } from './customer.entity';

/** Which customers are meant, and where in the list to go on. Conditions that are not given let everything through. */
export interface CustomerListFilter {
  /** The whole e-mail address, letter for letter. */
  readonly email?: string;
  /** The id of the application's own user. */
  readonly owner?: string;
  /** Whether real money is concerned. */
  readonly livemode?: boolean;
  /** Whether the customer was deleted at Stripe. */
  readonly deleted?: boolean;
  /** The name of the account whose secrets vouched for it. */
  readonly endpoint?: string;
  /** The beginning of a customer's id, or, in upper or lower case, of an e-mail address or a name. */
  readonly q?: string;
  /** Most customers to return, 1 to 100; 25 where it is not given. */
  readonly limit?: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
}

/** Reads customers. */
export class CustomerQuery {
  /** @param searched the accounts that are asked where none is named */
  constructor(
    private readonly database: LedgerDatabase,
    private readonly searched: readonly string[] = [DEFAULT_ENDPOINT],
  ) {}

  /**
   * The customer that is stored under Stripe's id, or null.
   *
   * @param endpoint the account it must be with
   * @throws {AmbiguousIdError} when no account is named, and several have it
   */
  async find(stripeId: string, endpoint?: string): Promise<CustomerEntity | null> {
    const endpoints = endpoint === undefined ? this.searched : [endpoint];
    const { sql, params } = allOf([isOneOf('endpoint', endpoints), isText('stripe_id', stripeId)]);
    const customers = (await this.database.query(`${this.select} WHERE ${sql}`, params)).map(customerFromRow);
    if (customers.length > 1) {
      throw new AmbiguousIdError('customer', customers.map((customer) => customer.endpoint)); // prettier-ignore
    }
    return customers[0] ?? null;
  }

  /**
   * A page of customers, the latest known first.
   *
   * @throws {InvalidRequestError} when the limit or the cursor cannot be used
   */
  async list(filter: CustomerListFilter): Promise<Page<CustomerEntity>> {
    const keyset = keysetOf(filter);
    const { sql, params } = allOf([...conditionsOf(filter), ...keyset.conditions]);
    const rows = await this.database.query(
      `${this.select} WHERE ${sql} ORDER BY id DESC LIMIT ${keyset.limit + 1}`,
      params,
    );
    return pageOf(rows.map(customerFromRow), keyset);
  }

  private get select(): string {
    return `SELECT ${CUSTOMER_COLUMNS.join(', ')} FROM ${this.database.table(CustomerEntity)}`;
  }
}

function conditionsOf(filter: CustomerListFilter): Condition[] {
  return [
    ...when(filter.endpoint, (endpoint) => isText('endpoint', endpoint)),
    ...when(filter.email, (email) => isText('email', email)),
    ...when(filter.owner, (owner) => isText('owner_id', owner)),
    ...when(filter.livemode, (livemode) => ({ sql: 'livemode = ?', params: [livemode] })),
    ...when(filter.deleted, (deleted) => ({ sql: `deleted_at IS ${deleted ? 'NOT NULL' : 'NULL'}`, params: [] })),
    ...when(filter.q, search),
  ];
}

function search(q: string): Condition {
  return anyOf([beginsWith('stripe_id', q), ...['email', 'name'].map((column) => beginsWithAnyCase(column, q))]);
}
