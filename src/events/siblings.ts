import { placeholders, type LedgerDatabase, type Row, type Statement } from '../database';
import { EVENT_COLUMNS, eventFromRow } from './event-row';
import { EventEntity } from './event.entity';
import type { Candidate, OrderedEvent, OrderFacts } from './object-order';

/** Open events of an object, each the first of its sort: its name, and where it is found. */
type Heads = Readonly<Record<string, string>>;

// In the order of the index of open events: another one would tempt planners to read the settled ones too.
const FIRST = 'ORDER BY sibling.created_at, sibling.id LIMIT 1';
const WAITS = "sibling.status = 'pending'";
const IS_HELD = `${WAITS} AND sibling.held_since IS NOT NULL`;
// Databases disagree on where NULL stands, so events without Stripe's time, of which there are few, are found apart.
const DATED = 'sibling.created_at IS NOT NULL';
const UNDATED = 'sibling.created_at IS NULL';

/** Those that may stand in the way of any event of the object: one in work, and the first one waiting. */
const IN_THE_WAY: Heads = {
  // The only open ones that do not wait. Called by its name, the status would let planners read all leases there are.
  processing: "sibling.status > 'pending' LIMIT 1",
  dated: `${WAITS} AND ${DATED} ${FIRST}`,
  undated: `${WAITS} AND ${UNDATED} ${FIRST}`,
};

/** The first of those that wait because another one of the object stood in the way. */
const HELD: Heads = { dated: `${IS_HELD} AND ${DATED} ${FIRST}`, undated: `${IS_HELD} AND ${UNDATED} ${FIRST}` };

/** Spelt like the condition of the index, which SQLite does not recognise in other words. */
const SAME_OBJECT = `sibling.object_id = event.object_id AND sibling.status IN ('pending', 'processing')
 AND sibling.endpoint = event.endpoint AND COALESCE(sibling.account, '') = COALESCE(event.account, '')`;

/**
 * Finds who may stand in the way of these events, and locks them, so that nobody releases them unseen. Those that
 * another worker has locked are left out of what is known. The candidates themselves must be locked.
 */
export function* lockHeads(
  database: LedgerDatabase,
  candidates: readonly Candidate[],
): Generator<Statement, Pick<OrderFacts, 'heads' | 'known'>, Row[]> {
  const representatives = new Map(candidates.map(({ id, orderLock }) => [orderLock, id]));
  const rows = yield headsOf(database, [...representatives.values()], IN_THE_WAY);
  const found = new Map(rows.map((row) => [String(row.id), idsIn(row, IN_THE_WAY)]));
  const heads = new Map([...representatives].map(([lock, id]) => [lock ?? '', found.get(id) ?? []]));
  const known = new Map<string, OrderedEvent>(candidates.map((candidate) => [candidate.id, candidate]));
  const others = [...new Set([...heads.values()].flat())].filter((id) => !known.has(id));
  if (others.length > 0) {
    const locked = yield {
      sql: `SELECT ${EVENT_COLUMNS.join(', ')} FROM ${database.table(EventEntity)}
 WHERE id IN (${placeholders(others.length)}) ${database.dialect.lockFreeRows}`,
      params: others,
    };
    locked.map(eventFromRow).forEach((event) => known.set(event.id, event));
  }
  return { heads, known };
}

/**
 * Makes the next event due of each object that one of these was about: to be part of the unit of work that releases
 * them, and after the statement that does, so that it sees what was held back while that one waited for its rows.
 */
export function* wakeSiblings(
  database: LedgerDatabase,
  released: readonly string[],
): Generator<Statement, void, Row[]> {
  if (released.length === 0) {
    return;
  }
  const rows = yield headsOf(database, released, HELD);
  const next = [...new Set(rows.flatMap((row) => idsIn(row, HELD)))];
  if (next.length > 0) {
    // Due since it was put off, not since now: it has waited for its turn before those that came meanwhile.
    const sql = `UPDATE ${database.table(EventEntity)} SET next_attempt_at = held_since
 WHERE id IN (${placeholders(next.length)}) AND status = 'pending' AND held_since IS NOT NULL`;
    yield { sql, params: next };
  }
}

/** The heads of each event's object, in one statement: a few entries of the index each, however many events are open. */
function headsOf(database: LedgerDatabase, ids: readonly string[], heads: Heads): Statement {
  const table = database.table(EventEntity);
  const siblings = `${table} AS sibling ${database.byIndex(EventEntity, 'open')} WHERE ${SAME_OBJECT}`;
  const columns = Object.entries(heads).map(
    ([name, where]) => `(SELECT sibling.id FROM ${siblings} AND ${where}) AS ${name}`,
  );
  return {
    sql: `SELECT event.id, ${columns.join(',\n ')} FROM ${table} AS event
 WHERE event.id IN (${placeholders(ids.length)}) AND event.object_id IS NOT NULL`,
    params: ids,
  };
}

function idsIn(row: Row, heads: Heads): string[] {
  return Object.keys(heads).flatMap((name) => (typeof row[name] === 'string' ? [row[name]] : []));
}
