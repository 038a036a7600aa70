import { invalid } from '../api-error';
import { readForm, textOf, type Parameters } from '../parameters';
import type { Route } from '../route';

const DAYS_30_MS = 30 * 86_400_000;
const PATH = '/v2/core/events';
const TIMESTAMP = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** A thin event in an account's log. */
export interface ThinEventObject {
  readonly id: string;
  /** ISO 8601, with milliseconds. */
  readonly created: string;
  readonly [field: string]: unknown;
}

/** `GET /v2/core/events`, page after page: https://docs.stripe.com/api/v2/core/events/list. */
export const thinEventRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: PATH,
    answer: ({ account, query, nowSeconds }) => {
      const asked = query.page === undefined ? query : ofPage(query);
      const { gte, lt } = (asked.created ?? {}) as Parameters;
      const [least, bound] = [timeOf(gte) ?? 0, timeOf(lt) ?? Infinity];
      const found = account.thinEvents.filter(({ created }) => {
        const ms = Date.parse(created);
        return ms >= Math.max(least, nowSeconds * 1_000 - DAYS_30_MS) && ms < bound;
      });
      const [limit, at] = [Number(textOf(asked.limit) ?? 20), Number(textOf(asked.at) ?? 0)];
      const end = at + limit;
      const next = {
        'created[gte]': textOf(gte) ?? '',
        'created[lt]': textOf(lt) ?? '',
        limit: `${limit}`,
        at: `${end}`,
      };
      return { data: found.slice(at, end), next_page_url: end < found.length ? pageUrl(next) : null };
    },
  },
];

/** What a page is of is in its name, which means nothing to anybody else. */
function pageUrl(asked: Readonly<Record<string, string>>): string {
  return `${PATH}?page=${Buffer.from(new URLSearchParams(asked).toString()).toString('base64url')}`;
}

function ofPage({ page }: Parameters): Parameters {
  const asked = readForm(Buffer.from(textOf(page) ?? '', 'base64url').toString('utf8'));
  if (asked.at === undefined) {
    throw invalid('Invalid page.', 'page');
  }
  return asked;
}

function timeOf(value: Parameters[string]): number | undefined {
  const text = textOf(value);
  if (text !== undefined && !TIMESTAMP.test(text)) {
    throw invalid('Invalid timestamp.', 'created');
  }
  return text === undefined ? undefined : Date.parse(text);
}
