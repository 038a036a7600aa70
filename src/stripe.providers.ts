import { Logger, type FactoryProvider, type Provider } from '@nestjs/common';
import { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { AdminPolicy, AdminToken, DashboardFiles } from './admin';
import { Clock, describeError, systemClock } from './common';
import {
  CustomerOwners,
  CustomerOwnerStore,
  CustomerQuery,
  CustomerStore,
  EventCustomers,
  MissedReplays,
  OwnerFinder,
} from './customers';
import { LedgerDatabase } from './database';
import { InProcessDispatcher, SilentDispatcher } from './dispatch';
import { EndpointWatch, StripeEndpointService } from './endpoints';
import {
  CustomerDirectory,
  EventAdmission,
  EventBacklogQuery,
  EventDispatcher,
  EventDiscardStore,
  EventPayloadStore,
  EventPruner,
  EventPruneStore,
  EventQuery,
  EventRecorder,
  EventReplayStore,
  EventStatsQuery,
  EventValidator,
  HandlerDirectory,
  HandlerRunStore,
  ServedAccounts,
  StripeEventActionService,
} from './events';
import { HandlerExplorer, HandlerMetadataAccessor, HandlerRegistry } from './handlers';
import { StripeHealth } from './observability';
import { DeadLetterAnnouncer, WorkerPulse } from './processing';
import { ApiVersionNotices, StripeClients } from './stripe-api';
import { CapacityCheck } from './stripe.capacity';
import { HandlerNamesCheck } from './stripe.handler-names';
import { CUSTOMER_PROVIDERS } from './stripe.customers';
import { LedgerLifecycle } from './stripe.lifecycle';
import { MODULE_OPTIONS_TOKEN } from './stripe.module-definition';
import type { StripeModuleOptions, StripeModuleStructure } from './stripe.options';
import { StartChecks } from './stripe.start-checks';
import { settingsOf, type StripeSettings } from './stripe.settings';
import { STRIPE_SETTINGS, STRIPE_STRUCTURE } from './stripe.tokens';
import { SYNC_PROVIDERS } from './stripe.sync-providers';
import { webhookPathsOf } from './stripe.webhook-paths';
import { createWorker, type WorkerParts } from './stripe.worker';
import { StripeTelemetry } from './telemetry';
import { RawBodyCapture, SignatureVerifier, WebhookReceiver } from './webhook';

/** Provides a class that is made of others, and knows nothing of Nest. */
function made<T>(
  provide: FactoryProvider<T>['provide'],
  inject: NonNullable<FactoryProvider['inject']>,
  useFactory: (...parts: never[]) => T | Promise<T>,
): FactoryProvider {
  return { provide, inject, useFactory: useFactory as FactoryProvider['useFactory'] };
}

const foundation: Provider[] = [
  { provide: Clock, useValue: systemClock },
  made(
    STRIPE_SETTINGS,
    [MODULE_OPTIONS_TOKEN, STRIPE_STRUCTURE],
    (options: StripeModuleOptions, structure: StripeModuleStructure) => settingsOf(options, structure),
  ),
  made(StripeClients, [STRIPE_SETTINGS], ({ accounts }: StripeSettings) => {
    return new StripeClients(new Map(accounts.map(({ name, client }) => [name, client])));
  }),
  made(ApiVersionNotices, [StripeClients], (clients: StripeClients) => new ApiVersionNotices(clients)),
  made(AdminToken, [STRIPE_SETTINGS], ({ adminToken }: StripeSettings) => adminToken),
  made(AdminPolicy, [STRIPE_STRUCTURE], ({ admin }: StripeModuleStructure) => AdminPolicy.of(admin)),
  made(DashboardFiles, [], () => new DashboardFiles()),
  made(StripeTelemetry, [], () => {
    const logger = new Logger('StripeEvents');
    return new StripeTelemetry((error) => {
      logger.warn(`An observer failed; what it does now is not logged again: ${describeError(error)}`);
    });
  }),
  made(WorkerPulse, [], () => new WorkerPulse()),
  made(
    StripeHealth,
    [EventBacklogQuery, WorkerPulse],
    (backlog: EventBacklogQuery, pulse: WorkerPulse) => new StripeHealth(backlog, pulse),
  ),
  LedgerLifecycle,
  CapacityCheck,
  HandlerNamesCheck,
];

const ledger: Provider[] = [
  made(
    EventQuery,
    [LedgerDatabase, ServedAccounts],
    (database: LedgerDatabase, { searched }: ServedAccounts) => new EventQuery(database, searched),
  ),
  made(EventBacklogQuery, [LedgerDatabase], (database: LedgerDatabase) => new EventBacklogQuery(database)),
  made(EventStatsQuery, [LedgerDatabase], (database: LedgerDatabase) => new EventStatsQuery(database)),
  made(EventPayloadStore, [LedgerDatabase], (database: LedgerDatabase) => new EventPayloadStore(database)),
  made(EventDiscardStore, [LedgerDatabase], (database: LedgerDatabase) => new EventDiscardStore(database)),
  made(EventReplayStore, [LedgerDatabase], (database: LedgerDatabase) => new EventReplayStore(database)),
  made(EventPruneStore, [LedgerDatabase], (database: LedgerDatabase) => new EventPruneStore(database)),
  made(
    EventPruner,
    [EventPruneStore, STRIPE_SETTINGS],
    (store: EventPruneStore, { retentionDays }: StripeSettings) => new EventPruner(store, retentionDays),
  ),
  made(HandlerRunStore, [LedgerDatabase], (database: LedgerDatabase) => new HandlerRunStore(database)),
  made(
    CustomerQuery,
    [LedgerDatabase, ServedAccounts],
    (database: LedgerDatabase, { searched }: ServedAccounts) => new CustomerQuery(database, searched),
  ),
  made(
    CustomerStore,
    [LedgerDatabase, Clock],
    (database: LedgerDatabase, clock: Clock) => new CustomerStore(database, clock),
  ),
  { provide: CustomerDirectory, useExisting: CustomerStore },
  made(
    CustomerOwnerStore,
    [LedgerDatabase, EventReplayStore],
    (database: LedgerDatabase, replays: EventReplayStore) => new CustomerOwnerStore(database, replays),
  ),
  made(
    CustomerOwners,
    [CustomerOwnerStore, CustomerQuery, CustomerStore, HandlerDirectory, EventDispatcher, ServedAccounts],
    (
      store: CustomerOwnerStore,
      query: CustomerQuery,
      customers: CustomerStore,
      handlers: HandlerDirectory,
      dispatcher: EventDispatcher,
      accounts: ServedAccounts,
    ) => new CustomerOwners({ store, query, customers, handlers, dispatcher, accounts }),
  ),
  made(
    EventCustomers,
    [LedgerDatabase, CustomerStore, CustomerOwnerStore, EventReplayStore, STRIPE_SETTINGS],
    eventCustomers,
  ),
  made(ServedAccounts, [STRIPE_SETTINGS], ({ accounts }: StripeSettings) => new ServedAccounts(accounts)),
  made(EventAdmission, [ServedAccounts], (accounts: ServedAccounts) => new EventAdmission(accounts)),
  made(
    DeadLetterAnnouncer,
    [EventQuery, HandlerRunStore, STRIPE_SETTINGS, StripeTelemetry],
    (events: EventQuery, runs: HandlerRunStore, { processing }: StripeSettings, telemetry: StripeTelemetry) =>
      new DeadLetterAnnouncer(events, runs, processing === false ? undefined : processing.onDeadLetter, telemetry),
  ),
  made(
    EventRecorder,
    [LedgerDatabase, STRIPE_SETTINGS, DeadLetterAnnouncer, StripeTelemetry],
    (
      database: LedgerDatabase,
      { storageTimeoutMs: timeoutMs, maxWaitingDeliveries: maxWaiting }: StripeSettings,
      deadLetters: DeadLetterAnnouncer,
      telemetry: StripeTelemetry,
    ) => {
      const announce = deadLetters.announce.bind(deadLetters);
      return new EventRecorder(database, { timeoutMs, maxWaiting }, announce, telemetry);
    },
  ),
  made(
    EventValidator,
    [LedgerDatabase, StripeClients, Clock],
    (...parts: ConstructorParameters<typeof EventValidator>) => new EventValidator(...parts),
  ),
  StripeEventActionService,
];

const handling: Provider[] = [
  HandlerMetadataAccessor,
  HandlerRegistry,
  HandlerExplorer,
  StartChecks,
  StripeEndpointService,
  made(
    EndpointWatch,
    [StripeClients, HandlerRegistry, HandlerDirectory, ServedAccounts, STRIPE_STRUCTURE, Clock],
    endpointWatch,
  ),
  made(HandlerDirectory, [HandlerRegistry, STRIPE_SETTINGS], handlerDirectory),
  made(
    EventDispatcher,
    [
      STRIPE_SETTINGS,
      ModuleRef,
      LedgerDatabase,
      HandlerRegistry,
      EventCustomers,
      EventPayloadStore,
      HandlerRunStore,
      StripeClients,
      DeadLetterAnnouncer,
      Clock,
      StripeTelemetry,
      WorkerPulse,
    ],
    ({ processing }: StripeSettings, modules: ModuleRef) =>
      processing === false
        ? new SilentDispatcher()
        : new InProcessDispatcher(createWorker(processing, workerParts(modules)), modules.get(DeadLetterAnnouncer)),
  ),
];

const receiving: Provider[] = [
  made(SignatureVerifier, [STRIPE_SETTINGS, Clock], ({ accounts, toleranceSeconds }: StripeSettings, clock: Clock) => {
    const secrets = accounts.flatMap(({ name, webhookSecrets }) =>
      webhookSecrets.map((secret) => ({ secret, endpoint: name })),
    );
    return new SignatureVerifier({ secrets, toleranceSeconds, now: () => clock.now() });
  }),
  made(
    WebhookReceiver,
    [SignatureVerifier, EventRecorder, EventDispatcher, EventAdmission, Clock, ApiVersionNotices, StripeTelemetry],
    (...parts: ConstructorParameters<typeof WebhookReceiver>) => new WebhookReceiver(...parts),
  ),
  made(
    RawBodyCapture,
    [HttpAdapterHost, STRIPE_SETTINGS, STRIPE_STRUCTURE],
    (host: HttpAdapterHost, { maxBodyBytes }: StripeSettings, structure: StripeModuleStructure) =>
      new RawBodyCapture(host, { paths: webhookPathsOf(structure).map(({ path }) => path), maxBodyBytes }),
  ),
];

/** A process that does not handle events need not have the handlers of those that do. */
function handlerDirectory(registry: HandlerRegistry, { processing }: StripeSettings): HandlerDirectory {
  return { ids: () => (processing === false ? null : registry.ids()) };
}

function endpointWatch(
  clients: StripeClients,
  registry: HandlerRegistry,
  handlers: HandlerDirectory,
  accounts: ServedAccounts,
  structure: StripeModuleStructure,
  clock: Clock,
): EndpointWatch {
  const paths = webhookPathsOf(structure).map(({ path }) => path);
  return new EndpointWatch({ clients, registry, handlers, accounts, paths, clock });
}

/** Nobody is asked, and nothing replayed, where the application does not want it. */
function eventCustomers(
  database: LedgerDatabase,
  customers: CustomerStore,
  ownerStore: CustomerOwnerStore,
  replays: EventReplayStore,
  { customers: settings }: StripeSettings,
): EventCustomers {
  const { resolvers, ownersOfConnectedAccounts: connectedAccounts, missedWhenLinked: missed } = settings;
  const { missedWhenDescribed: described } = settings;
  return new EventCustomers(
    customers,
    resolvers.length === 0
      ? undefined
      : new OwnerFinder(database, ownerStore, { resolvers, connectedAccounts, missed }),
    described === undefined ? undefined : new MissedReplays(replays, described),
  );
}

function workerParts(modules: ModuleRef): WorkerParts {
  return {
    database: modules.get(LedgerDatabase),
    registry: modules.get(HandlerRegistry),
    customers: modules.get(EventCustomers),
    payloads: modules.get(EventPayloadStore),
    runs: modules.get(HandlerRunStore),
    clients: modules.get(StripeClients),
    deadLetters: modules.get(DeadLetterAnnouncer),
    clock: modules.get(Clock),
    telemetry: modules.get(StripeTelemetry),
    pulse: modules.get(WorkerPulse),
  };
}

/** Everything the module is made of. */
export const STRIPE_PROVIDERS: Provider[] = [
  ...foundation,
  ...ledger,
  ...handling,
  ...SYNC_PROVIDERS,
  ...CUSTOMER_PROVIDERS,
  ...receiving,
];
