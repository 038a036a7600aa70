import { placeholders, type LedgerDatabase } from '../database';
import type { CustomerPlace } from './customer-source';
import { CustomerEntity } from './customer.entity';

/** A customer that was not in Stripe's list. */
export interface Unseen {
  /** Of the row. */
  readonly id: string;
  readonly stripeId: string;
}

/** Which customers a sync should have seen. */
export interface SeenScope extends CustomerPlace {
  /** The mode; null for either. */
  readonly livemode: boolean | null;
  /** When the sync began, by Stripe's clock, in epoch milliseconds. */
  readonly seenSince: number;
}

/** A customer that is to be fetched, taken by this process. */
export interface Doubtful {
  /** Of the row. */
  readonly id: string;
  readonly stripeId: string;
  readonly place: CustomerPlace;
  /** What `refresh_at` is while this process has it. */
  readonly takenUntil: number;
}

/** What syncs ask of the customers that are there. */
export class CustomerSyncStore {
  constructor(private readonly database: LedgerDatabase) {}

  /** How many of these are known. */
  async countKnown(stripeIds: readonly string[], endpoint: string): Promise<number> {
    if (stripeIds.length === 0) {
      return 0;
    }
    const [row] = await this.database.query(
      `SELECT COUNT(*) AS known FROM ${this.table} WHERE endpoint = ? AND stripe_id IN (${placeholders(stripeIds.length)})`,
      [endpoint, ...stripeIds],
    );
    return Number(row?.known);
  }

  /** Customers that no sync has seen since, and no event has told of, in the order of their rows after this one. */
  async unseen({ endpoint, account, livemode, seenSince }: SeenScope, after: string, limit: number): Promise<Unseen[]> {
    const before = (column: string): string => `(${column} IS NULL OR ${column} < ?)`;
    const rows = await this.database.query(
      `SELECT id, stripe_id FROM ${this.table} WHERE endpoint = ? AND ${account === null ? 'account IS NULL' : 'account = ?'}
 ${livemode === null ? '' : 'AND livemode = ?'} AND deleted_at IS NULL
 AND ${before('synced_at')} AND ${before('last_event_at')} AND ${before('created_at')} AND id > ? ORDER BY id LIMIT ${limit}`,
      [
        endpoint,
        ...(account === null ? [] : [account]),
        ...(livemode === null ? [] : [livemode]),
        ...[seenSince, seenSince, seenSince, after],
      ],
    );
    return rows.map((row) => ({ id: String(row.id), stripeId: String(row.stripe_id) }));
  }

  /** Takes customers that are to be fetched now; another process may when this one has not within its time. */
  async takeDoubtful(limit: number, leaseMs: number): Promise<Doubtful[]> {
    const { dialect } = this.database;
    const unit = dialect.takeRows({
      table: this.table,
      pick: `WHERE refresh_at <= ${dialect.now} ORDER BY refresh_at`,
      pickParams: [],
      limit,
      set: `refresh_at = ${dialect.now} + ?`,
      setParams: [leaseMs],
      returning: ['id', 'endpoint', 'stripe_id', 'account', 'refresh_at'],
    });
    return (await this.database.run(unit)).map((row) => ({
      id: String(row.id),
      stripeId: String(row.stripe_id),
      place: { endpoint: String(row.endpoint), account: row.account as string | null },
      takenUntil: Number(row.refresh_at),
    }));
  }

  /** Leaves customers as they are; one that came into doubt again meanwhile stays to be fetched. */
  async endDoubt(customers: readonly Doubtful[]): Promise<void> {
    if (customers.length === 0) {
      return;
    }
    const these = customers.map(() => '(id = ? AND refresh_at = ?)').join(' OR ');
    await this.database.query(
      `UPDATE ${this.table} SET refresh_at = NULL WHERE ${these}`,
      customers.flatMap(({ id, takenUntil }) => [id, takenUntil]),
    );
  }

  private get table(): string {
    return this.database.table(CustomerEntity);
  }
}
