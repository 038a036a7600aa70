import { ulidFloor } from '../common';
import type { Dialect } from '../database';
import { InvalidRequestError } from '../errors';
import { allOf, anyOf, beginsWith, isText, NEVER, when, type Condition } from './condition';
import { EVENT_STATUSES, type EventStatus } from './event-status';
import type { EventFilter } from './event.filter';

type Restating = Pick<Dialect, 'restated'>;

/** The condition of the index of states. */
export const STATUS_INDEX = "status <> 'succeeded'";

const FAMILY = '.*';
/** The columns that `q` is looked for in. */
export const SEARCHED = ['stripe_id', 'object_id', 'stripe_customer_id', 'kind'];
/** The latest moment an id can carry. */
const LAST_ID_MS = 2 ** 50 - 1;
const BEHIND_EVERY_ID = 'Z'.repeat(27);
/** How far back a host's clock may step while it receives: until then its ids go on from the time before. */
const CLOCK_STEP_MS = 60 * 60 * 1000;

/**
 * The condition of a WHERE clause that lets the filter's events through, without the word; `1 = 1` for an empty filter.
 * More can be joined to it with AND.
 *
 * @throws {InvalidRequestError} when `from` or `to` is no moment
 */
export function eventConditions(filter: EventFilter, dialect: Restating): { sql: string; params: unknown[] } {
  return allOf([
    ...when(filter.endpoint, (endpoint) => isText('endpoint', endpoint)),
    ...when(filter.kind, isKind),
    ...when(filter.status, (status) => isStatus(status, dialect)),
    ...when(filter.livemode, (livemode) => ({ sql: 'livemode = ?', params: [livemode] })),
    ...when(filter.customer, (customer) => isText('stripe_customer_id', customer)),
    ...when(filter.account, (account) => isText('account', account)),
    ...when(filter.apiVersion, (version) => isText('api_version', version)),
    ...when(filter.object, (object) => isText('object_id', object)),
    ...when(filter.source, (source) => isText('source', source)),
    ...when(filter.q, (q) => anyOf(SEARCHED.map((column) => beginsWith(column, q)))),
    ...when(filter.from, receivedSince),
    ...when(filter.to, receivedBefore),
  ]);
}

function isKind(kind: string): Condition {
  if (kind === '*') {
    return allOf([]);
  }
  return kind.endsWith(FAMILY) ? beginsWith('kind', kind.slice(0, -1)) : isText('kind', kind);
}

/** Written out, since the partial indexes answer only what is known to be their status when the statement is planned. */
function isStatus(status: EventStatus, dialect: Restating): Condition {
  const index = status === 'succeeded' ? '' : dialect.restated(STATUS_INDEX);
  return EVENT_STATUSES.includes(status) ? { sql: `${index}status = '${status}'`, params: [] } : NEVER;
}

/** The ids between which everything lies that came in between two moments. */
export function idBounds({ from, to }: Pick<EventFilter, 'from' | 'to'>): { fromId: string; beforeId: string } {
  return {
    fromId: from === undefined ? '' : floorOf(epochMs('from', from)),
    beforeId: to === undefined ? BEHIND_EVERY_ID : floorOf(epochMs('to', to) + CLOCK_STEP_MS),
  };
}

function floorOf(ms: number): string {
  return ulidFloor(Math.min(ms, LAST_ID_MS));
}

/** Ids begin with the time of receiving, so the primary key finds the place; the column says the rest. */
function receivedSince(from: Date): Condition {
  const ms = epochMs('from', from);
  return { sql: '(id >= ? AND received_at >= ?)', params: [floorOf(ms), ms] };
}

function receivedBefore(to: Date): Condition {
  const ms = epochMs('to', to);
  return { sql: '(id < ? AND received_at < ?)', params: [floorOf(ms + CLOCK_STEP_MS), ms] };
}

/** Ignoring a moment that is none would let everything through, to a replay for example. */
function epochMs(name: string, moment: Date): number {
  const ms = moment instanceof Date ? moment.getTime() : NaN;
  if (Number.isNaN(ms)) {
    throw new InvalidRequestError([`${name} must be a valid date`]);
  }
  return ms;
}
