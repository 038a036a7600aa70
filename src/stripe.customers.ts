import type { FactoryProvider } from '@nestjs/common';
import { Clock, stopwatch } from './common';
import {
  CustomerOwners,
  CustomerQuery,
  CustomerRefresher,
  CustomerSource,
  CustomerStore,
  CustomerSync,
  CustomerSyncJob,
  CustomerSyncStore,
  StripeCustomerService,
} from './customers';
import { LedgerDatabase } from './database';
import { ServedAccounts } from './events';
import { PatientCalls, StripeClients, StripeTime } from './stripe-api';
import { SyncRuns } from './sync-runs';
import type { StripeSettings } from './stripe.settings';
import { STRIPE_SETTINGS } from './stripe.tokens';

type ServiceParts = [
  CustomerSync,
  CustomerSource,
  SyncRuns,
  CustomerOwners,
  CustomerQuery,
  CustomerStore,
  StripeTime,
  ServedAccounts,
];
type Make = (...parts: never[]) => unknown;

function made(
  provide: FactoryProvider['provide'],
  inject: FactoryProvider['inject'] & object,
  make: Make,
): FactoryProvider {
  return { provide, inject, useFactory: make as FactoryProvider['useFactory'] };
}

/** What keeps customers as Stripe has them. */
export const CUSTOMER_PROVIDERS: FactoryProvider[] = [
  made(StripeTime, [Clock], (clock: Clock) => new StripeTime(() => stopwatch.now(), () => clock.now())), // prettier-ignore
  made(PatientCalls, [StripeTime], (time: StripeTime) => new PatientCalls(time)),
  made(CustomerSource, [StripeClients, PatientCalls], (clients: StripeClients, calls: PatientCalls) => new CustomerSource(clients, calls)), // prettier-ignore
  made(CustomerSyncStore, [LedgerDatabase], (database: LedgerDatabase) => new CustomerSyncStore(database)),
  made(
    CustomerSync,
    [LedgerDatabase, CustomerStore, CustomerSource, StripeTime, STRIPE_SETTINGS],
    (
      database: LedgerDatabase,
      store: CustomerStore,
      source: CustomerSource,
      time: StripeTime,
      settings: StripeSettings,
    ) => new CustomerSync({ database, store, source, time, modeOf: (endpoint) => modeOf(settings, endpoint) }),
  ),
  made(
    CustomerRefresher,
    [CustomerSyncStore, CustomerSync, CustomerSource, STRIPE_SETTINGS],
    (store: CustomerSyncStore, sync: CustomerSync, source: CustomerSource, settings: StripeSettings) =>
      new CustomerRefresher({ store, sync, source }, { everyMs: refreshEveryMs(settings) }),
  ),
  made(
    CustomerSyncJob,
    [CustomerSource, CustomerSync, CustomerSyncStore, SyncRuns],
    (source: CustomerSource, sync: CustomerSync, store: CustomerSyncStore, runs: SyncRuns) => {
      const job = new CustomerSyncJob({ source, sync, store });
      runs.register(job);
      return job;
    },
  ),
  made(
    StripeCustomerService,
    [CustomerSync, CustomerSource, SyncRuns, CustomerOwners, CustomerQuery, CustomerStore, StripeTime, ServedAccounts],
    (...[sync, source, runs, owners, query, store, time, accounts]: ServiceParts) =>
      new StripeCustomerService({ sync, source, runs, owners, query, store, time, accounts }),
  ),
];

/** Where there is no client, nobody can be asked. */
function refreshEveryMs({ processing, accounts }: StripeSettings): number | null {
  const canAsk = accounts.some(({ client: { apiKey, client } }) => apiKey !== undefined || client !== undefined);
  return processing === false || !canAsk ? null : processing.sweepMs * 2;
}

/** Keys say their mode: https://docs.stripe.com/keys. */
function modeOf({ accounts }: StripeSettings, endpoint: string): boolean | null {
  const account = accounts.find(({ name }) => name === endpoint);
  const mode = /^[a-z]+_(live|test)_/.exec(account?.client.apiKey ?? '')?.[1];
  return account?.livemode ?? (mode === undefined ? null : mode === 'live');
}
