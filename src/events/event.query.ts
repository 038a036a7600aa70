import { placeholders, type LedgerDatabase } from '../database';
import { AmbiguousIdError } from '../errors';
import { allOf, isOneOf, isText } from './condition';
import { eventConditions } from './event-conditions';
import { eventFromRow, EVENT_COLUMNS } from './event-row';
import { DEFAULT_ENDPOINT } from './event-status';
import { EventEntity } from './event.entity';
import type { EventListFilter, Page } from './event.filter';
import { keysetOf, pageOf } from './keyset';

/** Reads events, without their bodies. */
export class EventQuery {
  /** @param searched the accounts that are asked where none is named */
  constructor(
    private readonly database: LedgerDatabase,
    private readonly searched: readonly string[] = [DEFAULT_ENDPOINT],
  ) {}

  /**
   * The event that is stored under Stripe's id, or null.
   *
   * @param endpoint the account it must be with
   * @throws {AmbiguousIdError} when no account is named, and several have it
   */
  async find(stripeId: string, endpoint?: string): Promise<EventEntity | null> {
    const endpoints = endpoint === undefined ? this.searched : [endpoint];
    const { sql, params } = allOf([isOneOf('endpoint', endpoints), isText('stripe_id', stripeId)]);
    const events = (await this.database.query(`${this.select} WHERE ${sql}`, params)).map(eventFromRow);
    if (events.length > 1) {
      throw new AmbiguousIdError('event', events.map((event) => event.endpoint)); // prettier-ignore
    }
    return events[0] ?? null;
  }

  /** The events of these row ids that are there, in no order. */
  async ofIds(ids: readonly string[]): Promise<EventEntity[]> {
    const rows =
      ids.length === 0
        ? []
        : await this.database.query(`${this.select} WHERE id IN (${placeholders(ids.length)})`, ids);
    return rows.map(eventFromRow);
  }

  /**
   * A page of events, newest first. Nothing is counted and nothing skipped, so that the last page costs what the first does.
   *
   * @throws {InvalidRequestError} when the limit, the cursor or a moment cannot be used
   */
  async list(filter: EventListFilter): Promise<Page<EventEntity>> {
    const keyset = keysetOf(filter);
    const { sql, params } = allOf([eventConditions(filter), ...keyset.conditions]);
    const rows = await this.database.query(
      `${this.select} WHERE ${sql} ORDER BY id DESC LIMIT ${keyset.limit + 1}`,
      params,
    );
    return pageOf(rows.map(eventFromRow), keyset);
  }

  private get select(): string {
    return `SELECT ${EVENT_COLUMNS.join(', ')} FROM ${this.database.table(EventEntity)}`;
  }
}
