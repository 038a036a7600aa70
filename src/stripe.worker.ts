import type { Clock } from './common';
import type { CustomerStore } from './customers';
import type { LedgerDatabase } from './database';
import { LeaseStore, type EventPayloadStore, type HandlerRunStore } from './events';
import type { HandlerRegistry } from './handlers';
import {
  type DeadLetterAnnouncer,
  EventProcessor,
  EventWorker,
  HandlerRunner,
  LeasedWriter,
  LeaseKeeper,
  type StripeClients,
} from './processing';
import type { ProcessingSettings } from './stripe.settings';

/** What a worker is made of. */
export interface WorkerParts {
  readonly database: LedgerDatabase;
  readonly registry: HandlerRegistry;
  readonly customers: CustomerStore;
  readonly payloads: EventPayloadStore;
  readonly runs: HandlerRunStore;
  readonly clients: StripeClients;
  readonly deadLetters: DeadLetterAnnouncer;
  readonly clock: Clock;
}

/** Puts a worker together. */
export function createWorker(
  settings: ProcessingSettings,
  { database, registry, customers, payloads, runs, clients, deadLetters, clock }: WorkerParts,
): EventWorker {
  const { leaseMs, maxAttempts, handlerTimeoutMs, backoff } = settings;
  const leases = new LeaseStore(database, { leaseMs, maxAttempts }, (dead) => {
    deadLetters.announce(dead);
  });
  const keeper = new LeaseKeeper(leases, clock, leaseMs);
  const writer = new LeasedWriter(leases, database, clock, leaseMs);
  const runner = new HandlerRunner(database, leases, clients, clock, { maxAttempts, timeoutMs: handlerTimeoutMs });
  const retry = { maxAttempts, ...backoff };
  const processor = new EventProcessor({
    database,
    payloads,
    runs,
    customers,
    registry,
    runner,
    keeper,
    writer,
    retry,
    random: Math.random,
  });
  return new EventWorker(leases, processor, keeper, settings, clock);
}
