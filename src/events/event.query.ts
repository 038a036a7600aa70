import { placeholders, type Dialect, type IndexStretch, type LedgerDatabase } from '../database';
import { AmbiguousIdError } from '../errors';
import { allOf, isOneOf, isText, NEVER, type Condition } from './condition';
import { STATUS_INDEX } from './event-conditions';
import { eventFromRow, EVENT_COLUMNS } from './event-row';
import { DEFAULT_ENDPOINT } from './event-status';
import { EventEntity } from './event.entity';
import type { EventListFilter, Page } from './event.filter';
import { keysetOf, pageOf } from './keyset';
import { ListLookups } from './list-lookups';
import { searchOf, type Anchor, type ListSearch } from './list-search';

/** How many events are looked at for a page, step by step, of which only those are wanted that no index finds. */
const WINDOWS = [100, 400, 1_600, 6_400, 10_000, 10_000, 10_000, 10_000];

/** A stretch of the events that are looked at. */
interface Window extends ListSearch {
  /** The id of the event before the first one; null at the beginning of the list. */
  readonly behind: string | null;
  readonly size: number;
}

/** Reads events, without their bodies. */
export class EventQuery {
  private readonly lookups: ListLookups;

  /**
   * @param searched the accounts that are asked where none is named
   * @param windows how many events are looked at in each step, at most, for a page
   */
  constructor(
    private readonly database: LedgerDatabase,
    private readonly searched: readonly string[] = [DEFAULT_ENDPOINT],
    private readonly windows: readonly number[] = WINDOWS,
  ) {
    this.lookups = new ListLookups(database);
  }

  /**
   * The event that is stored under Stripe's id, or null.
   *
   * @param endpoint the account it must be with
   * @throws {AmbiguousIdError} when no account is named, and several have it
   */
  async find(stripeId: string, endpoint?: string): Promise<EventEntity | null> {
    const endpoints = endpoint === undefined ? this.searched : [endpoint];
    const { sql, params } = allOf([isOneOf('endpoint', endpoints), isText('stripe_id', stripeId)]);
    const rows = await this.database.query(`${select(EVENT_COLUMNS)} FROM ${this.events} WHERE ${sql}`, params);
    const events = rows.map(eventFromRow);
    if (events.length > 1) {
      throw new AmbiguousIdError('event', events.map((event) => event.endpoint)); // prettier-ignore
    }
    return events[0] ?? null;
  }

  /** The events of these row ids that are there, in no order. */
  async ofIds(ids: readonly string[]): Promise<EventEntity[]> {
    const where = `WHERE id IN (${placeholders(ids.length)})`;
    const rows =
      ids.length === 0 ? [] : await this.database.query(`${select(EVENT_COLUMNS)} FROM ${this.events} ${where}`, ids);
    return rows.map(eventFromRow);
  }

  /**
   * A page of events, newest first. Nothing is counted and nothing skipped, so that the last page costs what the first
   * does.
   *
   * A page can be shorter than the limit, even empty, and not be the last one: `nextCursor` says so. Of a filter that no
   * index answers, some 50,000 events are looked at for a page, and the next page goes on behind them.
   *
   * @throws {InvalidRequestError} when the limit, the cursor or a moment cannot be used
   */
  async list(filter: EventListFilter): Promise<Page<EventEntity>> {
    const keyset = keysetOf(filter);
    const { limit: _limit, cursor: _cursor, ...asked } = filter;
    const search = await searchOf(asked, this.lookups);
    const most = keyset.limit + 1;
    if (search.rest === null) {
      return pageOf(await this.looked({ ...search, behind: keyset.after, size: most }), keyset);
    }
    let behind = keyset.after;
    let [events, end]: [EventEntity[], string | null] = [[], null];
    for (const size of this.windows) {
      const window = { ...search, behind, size };
      events.push(...(await this.passing(window, search.rest, most - events.length)));
      end = events.length < most ? await this.endOf(window) : null;
      if (end === null) {
        break;
      }
      behind = end;
      // Where others came in meanwhile, the window ended above some of these: the next one has them again.
      events = events.filter(({ id }) => id >= (end ?? ''));
    }
    return pageOf(events, keyset, end);
  }

  private async looked(window: Window): Promise<EventEntity[]> {
    const { sql, params } = this.read(window, EVENT_COLUMNS);
    return (await this.database.query(sql, params)).map(eventFromRow);
  }

  private async passing(window: Window, rest: Condition, most: number): Promise<EventEntity[]> {
    const { sql, params } = this.read(window, EVENT_COLUMNS);
    const rows = await this.database.query(
      `${select(EVENT_COLUMNS)} FROM (${sql}) AS looked_at WHERE ${rest.sql} ORDER BY id DESC LIMIT ${most}`,
      [...params, ...rest.params],
    );
    return rows.map(eventFromRow);
  }

  /** The id of the window's last event; null where the list ends within it. */
  private async endOf(window: Window): Promise<string | null> {
    const { sql, params } = this.read(window, ['id']);
    const [row] = await this.database.query(
      `SELECT MIN(id) AS last, COUNT(*) AS events FROM (${sql}) AS looked_at`,
      params,
    );
    return Number(row?.events) === window.size ? String(row?.last) : null;
  }

  /** A window's events, each of its indexes read from its end and no further than the window is long. */
  private read({ anchors, range, bounds, behind, size }: Window, columns: readonly string[]): Condition {
    const beforeId = behind !== null && behind < bounds.beforeId ? behind : bounds.beforeId;
    const stretch = { fromId: bounds.fromId, beforeId };
    const latest = (
      names: readonly string[],
      { where, order, params }: ReturnType<Dialect['latestOf']>,
    ): Condition => ({
      sql: `${select(names)} FROM ${this.events} WHERE ${where} AND ${range.sql} ORDER BY ${order} LIMIT ${size}`,
      params: [...params, ...range.params],
    });
    if (anchors === null) {
      const params = [stretch.fromId, stretch.beforeId];
      return latest(columns, { where: 'id >= ? AND id < ?', order: 'id DESC', params });
    }
    const stretches = anchors.map((anchor) => this.stretchOf(anchor, stretch));
    const [first, ...others] = stretches;
    if (first === undefined) {
      return { sql: `${select(columns)} FROM ${this.events} WHERE ${NEVER.sql}`, params: [] };
    }
    if (others.length === 0) {
      return latest(columns, first);
    }
    const each = stretches.map((one) => latest(['id'], one));
    const union = each.map(({ sql }, index) => `SELECT id FROM (${sql}) AS anchor_${index}`).join('\n UNION ');
    return {
      sql: `${select(columns.map((name) => `event.${name}`))} FROM ${this.events} AS event
 JOIN (${union} ORDER BY id DESC LIMIT ${size}) AS found ON found.id = event.id ORDER BY event.id DESC`,
      params: each.flatMap(({ params }) => params),
    };
  }

  private stretchOf(
    { column, value }: Anchor,
    between: Pick<IndexStretch, 'fromId' | 'beforeId'>,
  ): ReturnType<Dialect['latestOf']> {
    const isStatus = column === 'status';
    const index = isStatus ? { only: STATUS_INDEX } : {};
    return this.database.dialect.latestOf({ column, value, literal: isStatus, ...index, ...between });
  }

  private get events(): string {
    return this.database.table(EventEntity);
  }
}

function select(columns: readonly string[]): string {
  return `SELECT ${columns.join(', ')}`;
}
