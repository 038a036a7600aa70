import type { ValueType } from '../database';
import type { CustomerNews } from './customer-news';
import { DESCRIBED_COLUMNS, describedValues } from './customer-values';

const TYPES: Partial<Record<string, ValueType>> = {
  livemode: 'boolean',
  balance: 'bigint',
  delinquent: 'boolean',
  created_at: 'bigint',
};

/** The columns that news of a customer are written to; the values are those of {@link newsValues}. */
export const NEWS_COLUMNS: readonly { readonly name: string; readonly type: ValueType }[] = [
  { name: 'id', type: 'text' },
  { name: 'endpoint', type: 'text' },
  { name: 'stripe_id', type: 'text' },
  { name: 'account', type: 'text' },
  { name: 'placeholder', type: 'boolean' },
  { name: 'described_by', type: 'text' },
  { name: 'last_event_at', type: 'bigint' },
  { name: 'synced_at', type: 'bigint' },
  { name: 'deleted_at', type: 'bigint' },
  ...DESCRIBED_COLUMNS.map((name) => ({ name, type: TYPES[name] ?? 'text' })),
];

/** The row that news of a customer make, where it is not known yet. */
export function newsValues(news: CustomerNews, id: string, maxTextBytes: number): unknown[] {
  const { description, livemode, deletedAt } = news;
  const isPlaceholder = description === null && deletedAt === null;
  return [
    ...[id, news.endpoint, news.stripeId, news.account, isPlaceholder],
    ...[news.describedBy, news.eventAt, news.syncedAt, deletedAt],
    ...describedValues(description ?? { livemode }, maxTextBytes).map((value, index) =>
      description === null && DESCRIBED_COLUMNS[index] === 'data' ? null : value,
    ),
  ];
}
