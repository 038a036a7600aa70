import { DataSource } from 'typeorm';
import { UlidFactory } from '../../src/common';
import { CustomerEntity } from '../../src/customers';
import { LedgerDatabase } from '../../src/database';
import { EventEntity, HandlerRunEntity } from '../../src/events';
import { STRIPE_ENTITIES, STRIPE_MIGRATIONS } from '../../src/stripe.entities';
import type { DatabaseKind } from '../support/databases';

/** The ledger's tables, empty, and ways to put rows into them as they are given. */
export interface LedgerTables {
  readonly database: LedgerDatabase;
  /** Stores events in the order of the list. */
  events(rows: readonly Partial<EventEntity>[]): Promise<void>;
  customers(rows: readonly Partial<CustomerEntity>[]): Promise<void>;
  runs(rows: readonly Partial<HandlerRunEntity>[]): Promise<void>;
  close(): Promise<void>;
}

/** Makes a database with the ledger's tables. */
export async function openLedgerTables(kind: DatabaseKind): Promise<LedgerTables> {
  const fresh = await kind.create();
  const dataSource = await new DataSource({
    ...fresh.dataSourceOptions(),
    entities: STRIPE_ENTITIES,
    migrations: STRIPE_MIGRATIONS,
    migrationsRun: true,
  }).initialize();
  const database = await LedgerDatabase.open(dataSource, EventEntity);
  const ids = new UlidFactory();
  return {
    database,
    events: (rows) => insert(dataSource, EventEntity, rows.map((row) => eventRow(ids, row))), // prettier-ignore
    customers: (rows) => insert(dataSource, CustomerEntity, rows.map((row) => customerRow(ids, row))), // prettier-ignore
    runs: (rows) => insert(dataSource, HandlerRunEntity, rows.map(runRow)),
    close: async () => {
      await database.close();
      await dataSource.destroy();
      await fresh.drop();
    },
  };
}

function eventRow(ids: UlidFactory, row: Partial<EventEntity>): object {
  const receivedAt = row.receivedAt ?? new Date();
  const id = ids.next(receivedAt.getTime());
  const defaults = { id, endpoint: 'default', stripeId: `evt_${id}`, kind: 'invoice.paid', livemode: true };
  return { ...defaults, receivedAt, status: 'succeeded', source: 'webhook', ...row };
}

function customerRow(ids: UlidFactory, row: Partial<CustomerEntity>): object {
  const id = ids.next(Date.now());
  return { id, endpoint: 'default', stripeId: `cus_${id}`, livemode: true, placeholder: false, ...row };
}

function runRow(row: Partial<HandlerRunEntity>): object {
  const finishedAt = row.finishedAt ?? new Date();
  const startedAt = new Date(finishedAt.getTime() - (row.durationMs ?? 0));
  return {
    replayNo: 0,
    handler: 'Billing.onPaid',
    status: 'succeeded',
    attempts: 1,
    durationMs: 0,
    startedAt,
    finishedAt,
    ...row,
  };
}

async function insert(
  dataSource: DataSource,
  entity: typeof EventEntity | typeof CustomerEntity | typeof HandlerRunEntity,
  rows: object[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += 500) {
    await dataSource
      .createQueryBuilder()
      .insert()
      .into(entity)
      .values(rows.slice(start, start + 500))
      .execute();
  }
}
