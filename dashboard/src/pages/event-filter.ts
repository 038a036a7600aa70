import { route } from '../state/route';

/** What the API filters by, and so what the address may say. */
export const FILTERS = [
  'q',
  'kind',
  'status',
  'livemode',
  'customer',
  'account',
  'endpoint',
  'object',
  'source',
  'from',
  'to',
] as const;
export type FilterName = (typeof FILTERS)[number];
export type Filter = Readonly<Partial<Record<FilterName, string>>>;

/** The filter that is in the address. */
export function currentFilter(): Filter {
  const { query } = route.value;
  return Object.fromEntries(FILTERS.flatMap((name) => (query[name] ? [[name, query[name]]] : [])));
}
