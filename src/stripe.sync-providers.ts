import type { Provider, Type } from '@nestjs/common';
import { Clock } from './common';
import { LedgerDatabase } from './database';
import { EventAdmission, EventDispatcher, EventRecorder, ServedAccounts } from './events';
import { PatientCalls, StripeClients, StripeReader } from './stripe-api';
import { DEFAULT_OVERLAP_MS, type StripeSettings } from './stripe.settings';
import { STRIPE_SETTINGS } from './stripe.tokens';
import {
  CatchUpBeginning,
  CatchUpIntake,
  CatchUpJob,
  CatchUpSchedule,
  StripeCatchUpService,
  ThinCatchUpJob,
  type CatchUpParts,
} from './sync';
import { SyncRuns, SyncRunStore } from './sync-runs';

const RUN_LEASE_MS = 60_000;
const FOLLOW_EVERY_MS = 500;

/** What fetches much from Stripe. */
export const SYNC_PROVIDERS: Provider[] = [
  { provide: StripeReader, inject: [PatientCalls], useFactory: (calls: PatientCalls) => new StripeReader(calls) },
  {
    provide: SyncRunStore,
    inject: [LedgerDatabase, Clock, STRIPE_SETTINGS],
    useFactory: (database: LedgerDatabase, clock: Clock, settings: StripeSettings) =>
      new SyncRunStore(database, clock, runLeaseMs(settings)),
  },
  {
    provide: SyncRuns,
    inject: [SyncRunStore, CatchUpJob, ThinCatchUpJob, STRIPE_SETTINGS],
    useFactory: (store: SyncRunStore, catchUp: CatchUpJob, thin: ThinCatchUpJob, settings: StripeSettings) => {
      const leaseMs = runLeaseMs(settings);
      const resumeEveryMs = settings.processing === false ? null : Math.ceil(leaseMs / 4);
      const runs = new SyncRuns(store, { leaseMs, followEveryMs: FOLLOW_EVERY_MS, resumeEveryMs });
      runs.register(catchUp);
      runs.register(thin);
      return runs;
    },
  },
  {
    provide: CatchUpIntake,
    inject: [EventRecorder, EventDispatcher, EventAdmission, Clock],
    useFactory: (...parts: ConstructorParameters<typeof CatchUpIntake>) => new CatchUpIntake(...parts),
  },
  {
    provide: CatchUpBeginning,
    inject: [LedgerDatabase, SyncRunStore, STRIPE_SETTINGS],
    useFactory: (database: LedgerDatabase, store: SyncRunStore, { catchUp }: StripeSettings) =>
      new CatchUpBeginning(database, store, catchUp === false ? DEFAULT_OVERLAP_MS : catchUp.overlapMs),
  },
  catchUpJob(CatchUpJob),
  catchUpJob(ThinCatchUpJob),
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

function catchUpJob(job: Type<CatchUpJob | ThinCatchUpJob>): Provider {
  return {
    provide: job,
    inject: [SyncRunStore, StripeClients, StripeReader, CatchUpIntake, CatchUpBeginning],
    useFactory: (
      store: SyncRunStore,
      clients: StripeClients,
      reader: StripeReader,
      ...[intake, beginning]: [CatchUpIntake, CatchUpBeginning]
    ) => new job({ store, clients, reader, intake, beginning } satisfies CatchUpParts),
  };
}
