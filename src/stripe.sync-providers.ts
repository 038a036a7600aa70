import type { Provider } from '@nestjs/common';
import { Clock } from './common';
import { LedgerDatabase } from './database';
import type { StripeSettings } from './stripe.settings';
import { STRIPE_SETTINGS } from './stripe.tokens';
import { SyncRuns, SyncRunStore } from './sync-runs';

const RUN_LEASE_MS = 60_000;
const FOLLOW_EVERY_MS = 500;

/** What fetches much from Stripe. */
export const SYNC_PROVIDERS: Provider[] = [
  {
    provide: SyncRunStore,
    inject: [LedgerDatabase, Clock, STRIPE_SETTINGS],
    useFactory: (database: LedgerDatabase, clock: Clock, settings: StripeSettings) =>
      new SyncRunStore(database, clock, runLeaseMs(settings)),
  },
  {
    provide: SyncRuns,
    inject: [SyncRunStore, STRIPE_SETTINGS],
    useFactory: (store: SyncRunStore, settings: StripeSettings) => {
      const leaseMs = runLeaseMs(settings);
      const resumeEveryMs = settings.processing === false ? null : Math.ceil(leaseMs / 4);
      return new SyncRuns(store, { leaseMs, followEveryMs: FOLLOW_EVERY_MS, resumeEveryMs });
    },
  },
];

/** A process that handles no events can still work on a run that was asked of it. */
function runLeaseMs({ processing }: StripeSettings): number {
  return processing === false ? RUN_LEASE_MS : processing.leaseMs;
}
