import { UlidFactory, type Clock } from '../common';
import { placeholders, type LedgerDatabase, type MergeNames, type Row } from '../database';
import { directoryKey, type CustomerDirectory, type EventEntity, type KnownCustomer } from '../events';
import { newsOfEvent, type CustomerNews } from './customer-news';
import { CUSTOMER_COLUMNS, customerFromRow } from './customer-row';
import { CustomerEntity } from './customer.entity';
import { MergeRule } from './merge-rule';
import { NEWS_COLUMNS, newsValues } from './news-values';

type CustomerKey = Pick<CustomerNews, 'endpoint' | 'stripeId'>;

/** Most customers in one statement: their objects travel in it, and servers bound its size. */
const MOST_ROWS = 250;
const PLACEHOLDER_COLUMNS = ['id', 'endpoint', 'stripe_id', 'livemode', 'account', 'placeholder'];
const KEY = ['endpoint', 'stripe_id'];

/** Keeps customers: placeholders for those that events name, and what events say of them. */
export class CustomerStore implements CustomerDirectory {
  private readonly ids = new UlidFactory();

  constructor(
    private readonly database: LedgerDatabase,
    private readonly clock: Clock,
  ) {}

  async ensure(customers: readonly KnownCustomer[]): Promise<ReadonlyMap<string, CustomerEntity>> {
    const wanted = distinct(customers);
    const known = await this.byKeys(wanted);
    const unknown = wanted.filter((customer) => !known.has(keyOf(customer)));
    if (unknown.length === 0) {
      return known;
    }
    await this.insertPlaceholders(unknown);
    return new Map([...known, ...(await this.byKeys(unknown))]);
  }

  /**
   * Takes over what these events say of the customers they are about. What an older event says changes nothing, and a
   * deleted customer stays deleted: at Stripe that is for good.
   *
   * @returns whether any of the events was about a customer
   */
  async absorb(events: readonly EventEntity[]): Promise<boolean> {
    const news = events.map(newsOfEvent).filter((one) => one !== null);
    await this.merge(news);
    return news.length > 0;
  }

  /** Takes over what events and syncs say, by the {@link MergeRule}; customers that are not known yet are added. */
  async merge(news: readonly CustomerNews[]): Promise<void> {
    for (const round of rounds(news)) {
      for (let start = 0; start < round.length; start += MOST_ROWS) {
        await this.mergeOnce(round.slice(start, start + MOST_ROWS));
      }
    }
  }

  private async mergeOnce(news: readonly CustomerNews[]): Promise<void> {
    const { dialect } = this.database;
    const rule = (names: MergeNames): MergeRule => new MergeRule(names, dialect.now);
    await this.database.run(
      dialect.mergeRows({
        table: this.table,
        columns: NEWS_COLUMNS,
        key: KEY,
        rows: news.map((one) => newsValues(one, this.ids.next(this.clock.now()), dialect.maxTextBytes)),
        condition: (names) => rule(names).condition,
        changes: (names) => rule(names).changes,
      }),
    );
  }

  private async byKeys(customers: readonly KnownCustomer[]): Promise<Map<string, CustomerEntity>> {
    if (customers.length === 0) {
      return new Map();
    }
    // By endpoint, of which there are few: a list of pairs would be as many searches, each of them planned.
    const byEndpoint = [...new Set(customers.map(({ endpoint }) => endpoint))].map((endpoint) => ({
      endpoint,
      ids: customers.filter((customer) => customer.endpoint === endpoint).map(({ stripeId }) => stripeId),
    }));
    const these = byEndpoint.map(({ ids }) => `(endpoint = ? AND stripe_id IN (${placeholders(ids.length)}))`);
    const rows: Row[] = await this.database.query(
      `SELECT ${CUSTOMER_COLUMNS.join(', ')} FROM ${this.table} WHERE ${these.join(' OR ')}`,
      byEndpoint.flatMap(({ endpoint, ids }) => [endpoint, ...ids]),
    );
    return new Map(rows.map(customerFromRow).map((customer) => [keyOf(customer), customer]));
  }

  private async insertPlaceholders(customers: readonly KnownCustomer[]): Promise<void> {
    const rows = customers.map(({ endpoint, stripeId, livemode, account }) => {
      return [this.ids.next(this.clock.now()), endpoint, stripeId, livemode, account, true];
    });
    const sql = this.database.dialect.upsert({
      table: this.table,
      columns: PLACEHOLDER_COLUMNS,
      from: `VALUES ${rows.map(() => '(?, ?, ?, ?, ?, ?)').join(', ')}`,
      key: KEY,
      update: [],
    });
    await this.database.query(sql, rows.flat());
  }

  private get table(): string {
    return this.database.table(CustomerEntity);
  }
}

function keyOf({ endpoint, stripeId }: CustomerKey): string {
  return directoryKey(endpoint, stripeId);
}

/** Each once, in the order that all statements lock customers in. */
function distinct(customers: readonly KnownCustomer[]): KnownCustomer[] {
  return inOrder([...new Map(customers.map((customer) => [keyOf(customer), customer])).values()]);
}

/** A statement takes a customer once: what else there is to say of it follows in the next, in the order it came in. */
function rounds(news: readonly CustomerNews[]): CustomerNews[][] {
  const seen = new Map<string, number>();
  const result: CustomerNews[][] = [];
  for (const one of news) {
    const round = seen.get(keyOf(one)) ?? 0;
    seen.set(keyOf(one), round + 1);
    (result[round] ??= []).push(one);
  }
  return result.map(inOrder);
}

function inOrder<Customer extends CustomerKey>(customers: readonly Customer[]): Customer[] {
  const keyed = customers.map((customer) => ({ customer, key: keyOf(customer) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ customer }) => customer);
}
