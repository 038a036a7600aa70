import type { Dialect } from '../database';
import { allOf, isStorable, type Condition } from './condition';
import { eventConditions, idBounds } from './event-conditions';
import { EVENT_STATUSES } from './event-status';
import type { EventFilter } from './event.filter';

/** A value that an index leads to, and to its events in the order of the list. */
export interface Anchor {
  readonly column: string;
  readonly value: string;
}

/** How the events of a filter are found, newest first. */
export interface ListSearch {
  /** Any of these; null where every event is looked at. */
  readonly anchors: readonly Anchor[] | null;
  /** When they came in, exactly; and the ids between which they are. */
  readonly range: Condition;
  readonly bounds: { readonly fromId: string; readonly beforeId: string };
  /** What else is asked for, of which each event that is found must be looked at; null for nothing. */
  readonly rest: Condition | null;
}

/** What has to be asked of the database before it is known how to search. */
export interface Lookups {
  readonly dialect: Dialect;
  /** The columns that have exactly this text somewhere. */
  columnsWith(text: string): Promise<readonly string[]>;
  /** The types that are stored and begin with this text; null where they are too many. */
  kindsOf(family: string): Promise<readonly string[] | null>;
}

/** The filters that an index answers, those that find the fewest events first. */
const INDEXED = ['object', 'customer', 'status', 'account', 'kind'] as const;
const COLUMNS = {
  object: 'object_id',
  customer: 'stripe_customer_id',
  status: 'status',
  account: 'account',
  kind: 'kind',
} as const;
const FAMILY = '.*';

/** Finds the index that leads to a filter's events. */
export async function searchOf({ from, to, ...filter }: EventFilter, lookups: Lookups): Promise<ListSearch> {
  const conditions = (asked: Asked): Condition => allOf([eventConditions(given(asked), lookups.dialect)]);
  const when = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  const rest = (asked: Asked): Condition | null => (isEmpty(given(asked)) ? null : conditions(asked));
  const found = await anchored(filter, lookups);
  return {
    anchors: found.anchors,
    ...{ range: conditions(when), bounds: idBounds(when) },
    rest: rest({ ...filter, ...(found.by && { [found.by]: undefined }) }),
  };
}

/** The values that an index leads to, and the part of the filter that is answered with them. */
async function anchored(
  filter: EventFilter,
  lookups: Lookups,
): Promise<{ readonly anchors: readonly Anchor[] | null; readonly by?: keyof EventFilter }> {
  const { kind, q } = filter;
  const columns = q === undefined ? [] : await lookups.columnsWith(q);
  if (q !== undefined && columns.length > 0) {
    // Who enters a whole id means it, and not the ones that only begin like it.
    return { anchors: columns.map((column) => ({ column, value: q })), by: 'q' };
  }
  for (const name of INDEXED) {
    const value = filter[name];
    if (value !== undefined && isIndexed(name, value)) {
      return { anchors: isPossible(name, value) ? [{ column: COLUMNS[name], value }] : [], by: name };
    }
  }
  const kinds = kind?.endsWith(FAMILY) === true ? await lookups.kindsOf(kind.slice(0, -1)) : null;
  return kinds === null
    ? { anchors: null }
    : { anchors: kinds.map((value) => ({ column: 'kind', value })), by: 'kind' };
}

/** Most events succeed, so there is no index for those. */
function isIndexed(name: (typeof INDEXED)[number], value: string): boolean {
  return !(name === 'status' && value === 'succeeded') && !(name === 'kind' && isFamily(value));
}

/** States are written into the statement, so they must be of those that there are. */
function isPossible(name: (typeof INDEXED)[number], value: string): boolean {
  return name === 'status' ? EVENT_STATUSES.some((status) => status === value) : isStorable(value);
}

function isFamily(kind: string): boolean {
  return kind === '*' || kind.endsWith(FAMILY);
}

type Asked = { readonly [Name in keyof EventFilter]?: EventFilter[Name] | undefined };

function given(asked: Asked): EventFilter {
  const everyKind = asked.kind === '*';
  const names = Object.entries(asked).filter(([name, value]) => value !== undefined && !(everyKind && name === 'kind'));
  return Object.fromEntries(names);
}

function isEmpty(filter: EventFilter): boolean {
  return Object.keys(filter).length === 0;
}
