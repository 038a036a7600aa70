import { invalid } from './api-error';
import type { Collection, Item } from './collection';
import { JsonText, toJson } from './json-text';
import { textOf, type Parameters } from './parameters';

/** Which items a list is asked for. */
export interface ListRules<T> {
  readonly matches: (item: T) => boolean;
  /** How an item is written. @default as it is */
  readonly view?: (item: T) => object;
}

/**
 * A page in the API's list form, newest first: https://docs.stripe.com/api/pagination.
 * With `ending_before` it is the page that ends just before the cursor.
 */
export function listOf<T extends Item>(
  url: string,
  items: Collection<T>,
  query: Parameters,
  { matches, view = (item) => item }: ListRules<T>,
): JsonText {
  const limit = limitOf(query);
  const startingAfter = textOf(query.starting_after);
  const endingBefore = textOf(query.ending_before);
  if (startingAfter !== undefined && endingBefore !== undefined) {
    throw invalid('You cannot parameterize both starting_after and ending_before.', 'starting_after');
  }
  const walk = endingBefore === undefined ? items.newestFirst(startingAfter) : items.newerThan(endingBefore);
  const earliest = endingBefore === undefined ? (boundsOf(query.created).least ?? 0) : 0;
  const page: T[] = [];
  for (const item of walk) {
    if (page.length > limit || item.created < earliest) {
      break;
    }
    if (matches(item)) {
      page.push(item);
    }
  }
  const shown = page.slice(0, limit);
  const data = (endingBefore === undefined ? shown : shown.reverse()).map((item) => toJson(view(item)));
  return new JsonText(
    `{\n  "object": "list",\n  "url": "${url}",\n  "has_more": ${page.length > limit},\n  "data": [${data.join(',\n')}]\n}`,
  );
}

/** Whether a moment, in seconds, is within `created` of a query. */
export function isWithin(created: number, query: Parameters): boolean {
  const { least, most } = boundsOf(query.created);
  return created >= (least ?? 0) && created <= (most ?? Infinity);
}

function boundsOf(created: Parameters[string]): { least: number | null; most: number | null } {
  if (typeof created === 'string') {
    return { least: Number(created), most: Number(created) };
  }
  const { gt, gte, lt, lte } = (created ?? {}) as Parameters;
  const bound = (open: Parameters[string], closed: Parameters[string], step: number): number | null =>
    typeof open === 'string' ? Number(open) + step : typeof closed === 'string' ? Number(closed) : null;
  return { least: bound(gt, gte, 1), most: bound(lt, lte, -1) };
}

function limitOf(query: Parameters): number {
  const limit = Number(textOf(query.limit) ?? 10);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw invalid(`This value must be between 1 and 100.`, 'limit');
  }
  return limit;
}
