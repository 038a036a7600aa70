import { placeholders, unitOfWork, type LedgerDatabase, type UnitOfWork } from '../database';
import type { EventReplayStore } from '../events';
import { CustomerEntity } from './customer.entity';
import { missedBy, type StripeMissedEvents } from './missed-events';

/** Whose a customer shall be. */
export interface OwnerClaim {
  readonly customer: Pick<CustomerEntity, 'id' | 'endpoint' | 'stripeId'>;
  readonly ownerId: string;
}

/** Writes whose customers are. An owner that is there is never overwritten, whoever else writes at the same time. */
export class CustomerOwnerStore {
  constructor(
    private readonly database: LedgerDatabase,
    private readonly replays: Pick<EventReplayStore, 'replaying'>,
  ) {}

  /**
   * Gives owners to those of these customers that have none, and replays what they missed: both or neither.
   *
   * @returns the ids of the rows that got their owner by this very call
   */
  claim(claims: readonly OwnerClaim[], missed?: StripeMissedEvents): Promise<ReadonlySet<string>> {
    return this.database.run(this.claiming(claims, missed));
  }

  /** Takes the owner away, if it is still this one. */
  async release(id: string, ownerId: string): Promise<void> {
    const sql = `UPDATE ${this.table} SET owner_id = NULL WHERE id = ? AND owner_id = ?`;
    await this.database.query(sql, [id, ownerId]);
  }

  /** Replays what a customer missed, and returns how many events that are. */
  replay(customer: OwnerClaim['customer'], missed: StripeMissedEvents): Promise<number> {
    return this.database.run(this.replays.replaying(missedBy(customer, missed), missed.handlers));
  }

  private claiming(
    claims: readonly OwnerClaim[],
    missed: StripeMissedEvents | undefined,
  ): UnitOfWork<ReadonlySet<string>> {
    const { table, replays } = this;
    const { lockRows } = this.database.dialect;
    const ids = claims.map(({ customer }) => customer.id);
    return unitOfWork(function* () {
      // In the order of their ids, so that two of these never wait for each other.
      const unowned = `id IN (${placeholders(ids.length)}) AND owner_id IS NULL`;
      const free = yield { sql: `SELECT id FROM ${table} WHERE ${unowned} ORDER BY id ${lockRows}`, params: ids };
      const taken = new Set(free.map(({ id }) => String(id)));
      const won = claims.filter(({ customer }) => taken.has(customer.id));
      if (won.length === 0) {
        return taken;
      }
      yield {
        sql: `UPDATE ${table} SET owner_id = CASE id ${won.map(() => 'WHEN ? THEN ?').join(' ')} END
 WHERE id IN (${placeholders(won.length)}) AND owner_id IS NULL`,
        params: [...won.flatMap(({ customer, ownerId }) => [customer.id, ownerId]), ...taken],
      };
      for (const { customer } of won) {
        yield* missed === undefined ? [] : replays.replaying(missedBy(customer, missed), missed.handlers).steps();
      }
      return taken;
    });
  }

  private get table(): string {
    return this.database.table(CustomerEntity);
  }
}
