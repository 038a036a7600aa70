import type { Provider } from '@nestjs/common';
import { Clock } from './common';
import { LedgerDatabase } from './database';
import { EventAdmission, EventDispatcher, EventRecorder, ServedAccounts } from './events';
import { StripeClients, StripeReader } from './stripe-api';
import { DEFAULT_OVERLAP_MS, type StripeSettings } from './stripe.settings';
import { STRIPE_SETTINGS } from './stripe.tokens';
import { CatchUpIntake, CatchUpJob, CatchUpSchedule, StripeCatchUpService } from './sync';
import { SyncRuns, SyncRunStore } from './sync-runs';

const RUN_LEASE_MS = 60_000;
const FOLLOW_EVERY_MS = 500;

/** What fetches much from Stripe. */
export const SYNC_PROVIDERS: Provider[] = [
  { provide: StripeReader, useFactory: () => new StripeReader() },
  {
    provide: SyncRunStore,
    inject: [LedgerDatabase, Clock, STRIPE_SETTINGS],
    useFactory: (database: LedgerDatabase, clock: Clock, settings: StripeSettings) =>
      new SyncRunStore(database, clock, runLeaseMs(settings)),
  },
  {
    provide: SyncRuns,
    inject: [SyncRunStore, CatchUpJob, STRIPE_SETTINGS],
    useFactory: (store: SyncRunStore, catchUp: CatchUpJob, settings: StripeSettings) => {
      const leaseMs = runLeaseMs(settings);
      const resumeEveryMs = settings.processing === false ? null : Math.ceil(leaseMs / 4);
      const runs = new SyncRuns(store, { leaseMs, followEveryMs: FOLLOW_EVERY_MS, resumeEveryMs });
      runs.register(catchUp);
      return runs;
    },
  },
  {
    provide: CatchUpIntake,
    inject: [EventRecorder, EventDispatcher, EventAdmission, Clock],
    useFactory: (...parts: ConstructorParameters<typeof CatchUpIntake>) => new CatchUpIntake(...parts),
  },
  {
    provide: CatchUpJob,
    inject: [LedgerDatabase, SyncRunStore, StripeClients, StripeReader, CatchUpIntake, STRIPE_SETTINGS],
    useFactory: (
      database: LedgerDatabase,
      store: SyncRunStore,
      clients: StripeClients,
      reader: StripeReader,
      ...[intake, { catchUp }]: [CatchUpIntake, StripeSettings]
    ) => {
      const overlapMs = catchUp === false ? DEFAULT_OVERLAP_MS : catchUp.overlapMs;
      return new CatchUpJob({ database, store, clients, reader, intake, overlapMs });
    },
  },
  StripeCatchUpService,
  {
    provide: CatchUpSchedule,
    inject: [StripeCatchUpService, SyncRunStore, ServedAccounts, STRIPE_SETTINGS],
    useFactory: (
      service: StripeCatchUpService,
      store: SyncRunStore,
      accounts: ServedAccounts,
      { catchUp, processing }: StripeSettings,
    ) =>
      new CatchUpSchedule(
        service,
        store,
        catchUp === false || processing === false ? null : { ...catchUp, endpoints: accounts.names },
      ),
  },
];

/** A process that handles no events can still work on a run that was asked of it. */
function runLeaseMs({ processing }: StripeSettings): number {
  return processing === false ? RUN_LEASE_MS : processing.leaseMs;
}
