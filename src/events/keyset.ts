import { InvalidRequestError } from '../errors';
import type { Condition } from './condition';
import type { Page } from './event.filter';

const DEFAULT_LIMIT = 25;
const MOST_ITEMS = 100;
const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** Where a page begins and how long it is. */
export interface Keyset {
  readonly limit: number;
  /** The id of the last item of the page before; null on the first page. */
  readonly after: string | null;
  /** What is left of the list for this page and the ones after it. */
  readonly conditions: readonly Condition[];
}

/**
 * The page that is asked for, of a list that is ordered by `id DESC`. Every page costs the same, however far down.
 *
 * @throws {InvalidRequestError} when the limit or the cursor cannot be used
 */
export function keysetOf({
  limit = DEFAULT_LIMIT,
  cursor,
}: {
  readonly limit?: number;
  readonly cursor?: string;
}): Keyset {
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_ITEMS) {
    throw new InvalidRequestError([`limit must be a whole number from 1 to ${MOST_ITEMS}`]);
  }
  const after = cursor === undefined ? null : idOf(cursor);
  return { limit, after, conditions: after === null ? [] : [{ sql: 'id < ?', params: [after] }] };
}

/**
 * The page of these items, which are one more than the limit where the list goes on.
 *
 * @param end the id up to which the list was looked through, where that was given up before the page was full
 */
export function pageOf<Item extends { readonly id: string }>(
  items: readonly Item[],
  { limit }: Keyset,
  end: string | null = null,
): Page<Item> {
  const data = items.slice(0, limit);
  const last = items.length > limit ? (data.at(-1)?.id ?? null) : end;
  return { data, nextCursor: last === null ? null : cursorOf(last) };
}

function cursorOf(id: string): string {
  return Buffer.from(id, 'latin1').toString('base64url');
}

/** Strict, since Node's decoder passes over what is not base64: one page has one cursor. */
function idOf(cursor: unknown): string {
  const id = typeof cursor === 'string' ? Buffer.from(cursor, 'base64url').toString('latin1') : '';
  if (!ULID.test(id) || cursorOf(id) !== cursor) {
    throw new InvalidRequestError(['cursor must be the nextCursor of the page before']);
  }
  return id;
}
