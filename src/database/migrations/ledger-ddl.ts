import type { DatabaseFamily } from '../dialect';

/** A column as it is written in `CREATE TABLE`. */
export interface ColumnDefinition {
  readonly name: string;
  readonly type: 'moment' | 'text' | 'integer' | 'boolean' | `varchar(${number})`;
  readonly nullable?: boolean;
  readonly default?: string;
}

/** An index; `where` narrows it on databases that have partial indexes. */
export interface IndexDefinition {
  readonly name: string;
  readonly columns: readonly string[];
  readonly unique?: boolean;
  readonly where?: string;
}

/** A table in terms that every supported database has. */
export interface TableDefinition {
  readonly name: string;
  readonly key: readonly string[];
  readonly columns: readonly ColumnDefinition[];
  readonly indexes: readonly IndexDefinition[];
}

const text = (name: string, length = 255): ColumnDefinition => ({ name, type: `varchar(${length})` });
const optional = (column: ColumnDefinition): ColumnDefinition => ({ ...column, nullable: true });
const moment = (name: string): ColumnDefinition => ({ name, type: 'moment' });
const longText = (name: string): ColumnDefinition => ({ name, type: 'text' });
const flag = (name: string): ColumnDefinition => ({ name, type: 'boolean' });
const count = (name: string): ColumnDefinition => ({ name, type: 'integer', default: '0' });

const EVENT: TableDefinition = {
  name: 'stripe_event',
  key: ['id'],
  columns: [
    text('id', 26),
    { ...text('endpoint', 64), default: "'default'" },
    text('stripe_id'),
    text('kind'),
    flag('livemode'),
    optional(text('api_version')),
    optional(text('request_id')),
    optional(text('idempotency_key')),
    count('pending_webhooks'),
    optional(text('account')),
    optional(text('context')),
    optional(moment('created_at')),
    moment('received_at'),
    optional(text('object_id')),
    optional(text('object_type')),
    optional(text('related_url')),
    optional(text('snapshot_event')),
    optional(text('stripe_customer_id')),
    optional(text('customer_account')),
    text('status', 12),
    optional(text('ignored_reason', 16)),
    count('attempts'),
    count('lost'),
    count('lease_no'),
    optional(moment('lease_until')),
    count('lane'),
    count('replay_no'),
    optional(text('order_lock', 64)),
    optional(moment('held_since')),
    optional(moment('next_attempt_at')),
    optional(moment('processed_at')),
    optional(longText('last_error')),
    text('source', 12),
    optional(flag('valid')),
  ],
  indexes: [
    { name: 'identity', columns: ['stripe_id', 'endpoint'], unique: true },
    { name: 'due', columns: ['status', 'lane', 'next_attempt_at', 'id'], where: "status = 'pending'" },
    { name: 'lease', columns: ['status', 'lease_until'], where: "status = 'processing'" },
    { name: 'status', columns: ['status', 'id'], where: "status <> 'succeeded'" },
    { name: 'kind', columns: ['kind', 'id'] },
    { name: 'customer', columns: ['stripe_customer_id', 'id'], where: 'stripe_customer_id IS NOT NULL' },
    { name: 'account', columns: ['account', 'id'], where: 'account IS NOT NULL' },
    { name: 'object', columns: ['object_id', 'id'], where: 'object_id IS NOT NULL' },
    {
      name: 'open',
      columns: ['object_id', 'status', 'created_at', 'id'],
      where: "object_id IS NOT NULL AND status IN ('pending', 'processing')",
    },
    { name: 'order', columns: ['order_lock'], unique: true, where: 'order_lock IS NOT NULL' },
  ],
};

const PAYLOAD: TableDefinition = {
  name: 'stripe_event_payload',
  key: ['event_id', 'part'],
  columns: [text('event_id', 26), { name: 'part', type: 'integer' }, text('encoding', 8), longText('body')],
  indexes: [],
};

const RUN: TableDefinition = {
  name: 'stripe_event_handler_run',
  key: ['event_id', 'replay_no', 'handler'],
  columns: [
    text('event_id', 26),
    count('replay_no'),
    text('handler', 191),
    text('status', 12),
    { name: 'attempts', type: 'integer' },
    moment('started_at'),
    moment('finished_at'),
    { name: 'duration_ms', type: 'integer' },
    optional(longText('error')),
    optional(longText('earlier')),
  ],
  indexes: [{ name: 'finished', columns: ['finished_at'] }],
};

const TWIN: TableDefinition = {
  name: 'stripe_event_twin',
  key: ['endpoint', 'snapshot_id', 'kind'],
  columns: [{ ...text('endpoint', 64), default: "'default'" }, text('snapshot_id'), text('kind'), text('event_id', 26)],
  indexes: [{ name: 'event', columns: ['event_id'] }],
};

const CUSTOMER: TableDefinition = {
  name: 'stripe_customer',
  key: ['id'],
  columns: [
    text('id', 26),
    { ...text('endpoint', 64), default: "'default'" },
    text('stripe_id'),
    flag('livemode'),
    optional(text('account')),
    optional(text('email', 512)),
    ...['name', 'phone', 'description'].map((name) => optional(longText(name))),
    optional(moment('balance')),
    optional(text('currency', 8)),
    optional(flag('delinquent')),
    ...['address', 'shipping', 'invoice_settings', 'metadata', 'preferred_locales'].map((name) =>
      optional(longText(name)),
    ),
    optional(text('tax_exempt', 32)),
    optional(text('default_source')),
    optional(text('invoice_prefix')),
    optional(moment('created_at')),
    optional(moment('deleted_at')),
    optional(text('owner_id')),
    { ...flag('placeholder'), default: 'false' },
    optional(moment('last_event_at')),
    optional(moment('synced_at')),
    optional(text('described_by', 12)),
    optional(moment('refresh_at')),
    optional(longText('data')),
  ],
  indexes: [
    { name: 'identity', columns: ['endpoint', 'stripe_id'], unique: true },
    { name: 'email', columns: ['email'] },
    { name: 'owner', columns: ['owner_id'] },
    { name: 'refresh', columns: ['refresh_at'], where: 'refresh_at IS NOT NULL' },
  ],
};

const SYNC_RUN: TableDefinition = {
  name: 'stripe_sync_run',
  key: ['id'],
  columns: [
    text('id', 26),
    text('kind', 16),
    text('endpoint', 64),
    optional(text('account')),
    text('scope', 64),
    optional(text('run_lock', 64)),
    text('status', 12),
    count('done'),
    optional({ name: 'total', type: 'integer' }),
    ...['added', 'known', 'failed'].map(count),
    optional(longText('checkpoint')),
    optional(moment('since')),
    optional(moment('covered_until')),
    moment('started_at'),
    optional(moment('finished_at')),
    count('lease_no'),
    moment('lease_until'),
    optional(longText('error')),
  ],
  indexes: [
    { name: 'lock', columns: ['run_lock'], unique: true, where: 'run_lock IS NOT NULL' },
    { name: 'scope', columns: ['scope', 'id'] },
  ],
};

/** The ledger's tables. */
export const LEDGER_TABLES: readonly TableDefinition[] = [EVENT, PAYLOAD, RUN, TWIN, CUSTOMER, SYNC_RUN];

const TYPES: Record<DatabaseFamily, Record<'moment' | 'text' | 'integer' | 'boolean', string>> = {
  postgres: { moment: 'bigint', text: 'text', integer: 'integer', boolean: 'boolean' },
  mysql: { moment: 'bigint', text: 'text', integer: 'int', boolean: 'tinyint' },
  sqlite: { moment: 'bigint', text: 'text', integer: 'integer', boolean: 'boolean' },
};

/** A column's definition in one database's words. */
export function columnSql(column: ColumnDefinition, family: DatabaseFamily): string {
  const { type } = column;
  const typeSql = type in TYPES[family] ? TYPES[family][type as keyof (typeof TYPES)['postgres']] : type;
  const defaultSql = column.default === 'false' && family !== 'postgres' ? '0' : column.default;
  return `${column.name} ${typeSql}${column.nullable === true ? '' : ' NOT NULL'}${defaultSql === undefined ? '' : ` DEFAULT ${defaultSql}`}`;
}
