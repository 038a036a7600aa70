import { UlidFactory, type Clock } from '../common';
import { unitOfWork, type LedgerDatabase, type Row, type Statement } from '../database';
import {
  directoryKey,
  eventOf,
  type CustomerDirectory,
  type EventEntity,
  type JsonObject,
  type KnownCustomer,
} from '../events';
import { CUSTOMER_COLUMNS, customerFromRow } from './customer-row';
import { customerObjectOf, DESCRIBED_COLUMNS, describedValues } from './customer-values';
import { CustomerEntity } from './customer.entity';

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
   * Takes over what these events say of the customers they are about; the customers must be there. What an older event
   * says changes nothing, and a deleted customer stays deleted: at Stripe that is for good.
   *
   * @returns whether any of the events was about a customer
   */
  async absorb(events: readonly EventEntity[]): Promise<boolean> {
    const statements = events.flatMap((event) => this.descriptionsIn(event));
    if (statements.length > 0) {
      await this.database.run(
        unitOfWork(function* () {
          for (const statement of statements) {
            yield statement;
          }
        }),
      );
    }
    return statements.length > 0;
  }

  private descriptionsIn(event: EventEntity): Statement[] {
    const customer = customerObjectOf(eventOf(event));
    if (customer === null) {
      return [];
    }
    const deleted = event.kind === 'customer.deleted' || customer.deleted === true;
    const description = customer.deleted === true ? [] : [this.description(event, customer)];
    return deleted ? [...description, this.tombstone(event)] : description;
  }

  /** Events share seconds: of two in one, the later arrival counts, except that `created` never undoes an update. */
  private description({ endpoint, kind, createdAt, stripeCustomerId }: EventEntity, customer: JsonObject): Statement {
    const older = kind === 'customer.created' ? '<' : '<=';
    // An event that does not say when it was made only fills in what nothing is known of.
    const at = createdAt?.getTime() ?? 0;
    return {
      sql: `UPDATE ${this.table} SET ${DESCRIBED_COLUMNS.map((column) => `${column} = ?`).join(', ')}, placeholder = ?, last_event_at = ?
 WHERE endpoint = ? AND stripe_id = ? AND deleted_at IS NULL AND (last_event_at IS NULL OR last_event_at ${older} ?)`,
      params: [
        ...describedValues(customer, this.database.dialect.maxTextBytes),
        false,
        at,
        endpoint,
        stripeCustomerId,
        at,
      ],
    };
  }

  private tombstone({ endpoint, createdAt, receivedAt, stripeCustomerId }: EventEntity): Statement {
    return {
      sql: `UPDATE ${this.table} SET deleted_at = ?, placeholder = ? WHERE endpoint = ? AND stripe_id = ? AND deleted_at IS NULL`,
      params: [(createdAt ?? receivedAt).getTime(), false, endpoint, stripeCustomerId],
    };
  }

  private async byKeys(customers: readonly KnownCustomer[]): Promise<Map<string, CustomerEntity>> {
    if (customers.length === 0) {
      return new Map();
    }
    const these = customers.map(() => '(endpoint = ? AND stripe_id = ?)').join(' OR ');
    const rows: Row[] = await this.database.query(
      `SELECT ${CUSTOMER_COLUMNS.join(', ')} FROM ${this.table} WHERE ${these}`,
      customers.flatMap(({ endpoint, stripeId }) => [endpoint, stripeId]),
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

function keyOf({ endpoint, stripeId }: { readonly endpoint: string; readonly stripeId: string }): string {
  return directoryKey(endpoint, stripeId);
}

function distinct(customers: readonly KnownCustomer[]): KnownCustomer[] {
  return [...new Map(customers.map((customer) => [keyOf(customer), customer])).values()];
}
