import { stopwatch, type Clock } from './common';
import type { EventCustomers } from './customers';
import type { LedgerDatabase } from './database';
import { EventTwinStore, LeaseStore, type EventPayloadStore, type HandlerRunStore } from './events';
import type { HandlerRegistry } from './handlers';
import {
  type DeadLetterAnnouncer,
  EventPairing,
  EventPreparer,
  EventProcessor,
  EventWorker,
  HandlingPlaces,
  HandlerRunner,
  LeasedWriter,
  LeaseKeeper,
  type WorkerPulse,
} from './processing';
import type { StripeClients } from './stripe-api';
import type { ProcessingSettings } from './stripe.settings';
import { UNWATCHED, type StripeTelemetry } from './telemetry';

/** What a worker is made of. */
export interface WorkerParts {
  readonly database: LedgerDatabase;
  readonly registry: HandlerRegistry;
  readonly customers: EventCustomers;
  readonly payloads: EventPayloadStore;
  readonly runs: HandlerRunStore;
  readonly clients: StripeClients;
  readonly deadLetters: DeadLetterAnnouncer;
  readonly clock: Clock;
  readonly telemetry?: StripeTelemetry;
  readonly pulse?: WorkerPulse;
}

/** Puts a worker together. */
export function createWorker(settings: ProcessingSettings, parts: WorkerParts): EventWorker {
  const { leaseMs, maxAttempts, handlerTimeoutMs, backoff, sweepMs, ordering, orderingPatienceMs } = settings;
  const { database, registry, payloads, runs, customers, clients, deadLetters, clock, telemetry = UNWATCHED } = parts;
  const policy = {
    leaseMs,
    replayRestMs: sweepMs,
    orderingPatienceMs: ordering === 'object' ? orderingPatienceMs : null,
  };
  const leases = new LeaseStore(database, policy, (dead) => {
    deadLetters.announce(dead);
  });
  const keeper = new LeaseKeeper(leases, stopwatch, leaseMs);
  const pairing = new EventPairing(new EventTwinStore(database), registry, settings.pairing);
  const places = new HandlingPlaces(settings.concurrency, stopwatch);
  const limits = { maxAttempts, timeoutMs: handlerTimeoutMs };
  const processor = new EventProcessor({
    preparer: new EventPreparer(database, { payloads, runs, customers, pairing }),
    registry,
    pairing,
    runner: new HandlerRunner(database, leases, clients, clock, limits, telemetry),
    places,
    keeper,
    writer: new LeasedWriter(leases, database, stopwatch, leaseMs),
    retry: { maxAttempts, ...backoff },
    random: Math.random,
    telemetry,
  });
  const { pulse } = parts;
  return new EventWorker({ leases, processor, places, keeper, telemetry, ...(pulse && { pulse }) }, settings);
}
