import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { systemClock, type Clock } from '../../src/common';
import { CustomerStore, EventCustomers } from '../../src/customers';
import { LedgerDatabase } from '../../src/database';
import {
  EventEntity,
  EventPayloadStore,
  EventQuery,
  EventRecorder,
  HandlerRunStore,
  readDelivery,
  type NewEvent,
} from '../../src/events';
import { HandlerRegistry, type RegisteredHandler } from '../../src/handlers';
import { DeadLetterAnnouncer, type EventWorker } from '../../src/processing';
import { StripeClients } from '../../src/stripe-api';
import { STRIPE_ENTITIES, STRIPE_MIGRATIONS } from '../../src/stripe.entities';
import type { StripeProcessingOptions } from '../../src/stripe.options';
import { settingsOf } from '../../src/stripe.settings';
import { createWorker } from '../../src/stripe.worker';
import type { DatabaseKind, TestDatabase } from './databases';
import { waitUntil } from './wait-until';

/** A handler with the parts that matter to a test. */
export type FleetHandler = Partial<RegisteredHandler> & Pick<RegisteredHandler, 'invoke'>;

/** What a worker of a fleet is told. */
export interface FleetWorkerOptions {
  handlers: FleetHandler[];
  processing?: StripeProcessingOptions;
  clock?: Clock;
}

/** Workers as processes have them, each with connections of its own, on one database and without HTTP. */
export interface Fleet {
  /** The test's own connection. */
  database: LedgerDatabase;
  /** Stores events, in the order of the list; none of them is handled before a worker starts or sweeps. */
  store(events: readonly Record<string, unknown>[]): Promise<void>;
  /** A worker that is not started yet; it is stopped when the fleet closes. */
  worker(options: FleetWorkerOptions): Promise<EventWorker>;
  /** All events, in the order of arrival. */
  stored(): Promise<EventEntity[]>;
  /** Waits until no event is pending or processing. */
  settled(): Promise<EventEntity[]>;
  close(): Promise<void>;
}

/** Makes a database with the ledger's tables, and no worker yet. */
export async function openFleet(kind: DatabaseKind): Promise<Fleet> {
  // What handlers do to fail is a test's own affair.
  Logger.overrideLogger(false);
  const fresh = await kind.create();
  const opened: LedgerDatabase[] = [];
  const open = async (): Promise<LedgerDatabase> => {
    const database = await openLedger(fresh);
    opened.push(database);
    return database;
  };
  const database = await open();
  const recorder = new EventRecorder(database, { timeoutMs: 20_000, maxWaiting: 100_000 });
  const workers: EventWorker[] = [];
  const stored = (): Promise<EventEntity[]> => database.dataSource.getRepository(EventEntity).find({ order: { id: 'ASC' } }); // prettier-ignore
  const openEvents = async (): Promise<number> => {
    const [row] = await database.query(
      `SELECT COUNT(*) AS open FROM ${database.table(EventEntity)} WHERE status IN ('pending', 'processing')`,
    );
    return Number(row?.open);
  };
  return {
    database,
    stored,
    store: async (events) => {
      await Promise.all(events.map((event) => recorder.record(newEvent(event))));
    },
    worker: async (options) => {
      const worker = makeWorker(await open(), options);
      workers.push(worker);
      return worker;
    },
    settled: async () => {
      await waitUntil('every event is settled', async () => (await openEvents()) === 0);
      return stored();
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.stop()));
      for (const ledger of opened) {
        await ledger.close();
        await ledger.dataSource.destroy();
      }
      await fresh.drop();
    },
  };
}

async function openLedger(fresh: TestDatabase): Promise<LedgerDatabase> {
  const dataSource = new DataSource({
    ...fresh.dataSourceOptions(),
    entities: STRIPE_ENTITIES,
    migrations: STRIPE_MIGRATIONS,
    migrationsRun: true,
  });
  return LedgerDatabase.open(await dataSource.initialize(), EventEntity);
}

function newEvent(event: Record<string, unknown>): NewEvent {
  const bytes = Buffer.from(JSON.stringify(event));
  const read = readDelivery(bytes);
  if (read.kind !== 'event') {
    throw new Error('This is no event.');
  }
  const { facts, encoding } = read;
  return { facts, endpoint: 'default', source: 'webhook', receivedAtMs: Date.now(), body: { encoding, bytes } };
}

function makeWorker(database: LedgerDatabase, { handlers, processing = {}, clock }: FleetWorkerOptions): EventWorker {
  const settings = settingsOf({ processing }, { webhookPath: false }).processing;
  if (settings === false) {
    throw new Error('A worker has to work.');
  }
  const registry = new HandlerRegistry();
  handlers.forEach((handler, index) => {
    registry.add({ id: `handler-${index}`, patterns: ['*'], transactional: false, ...handler });
  });
  const runs = new HandlerRunStore(database);
  return createWorker(settings, {
    database,
    registry,
    customers: new EventCustomers(new CustomerStore(database, systemClock)),
    payloads: new EventPayloadStore(database),
    runs,
    clients: new StripeClients(new Map()),
    deadLetters: new DeadLetterAnnouncer(new EventQuery(database), runs, undefined),
    clock: clock ?? systemClock,
  });
}
