/** What the API answers, as its own source declares it: a field that is renamed there does not compile here. */
export type { AboutView as About, KnownHandlerView as KnownHandler } from '../../../src/admin/about.view';
export type {
  CustomerDetailView as CustomerDetail,
  CustomerPageView as CustomerPage,
  CustomerView as Customer,
} from '../../../src/admin/customer.view';
export type {
  EventDetailView as EventDetail,
  EventPageView as EventPage,
  EventView as Event,
} from '../../../src/admin/event.view';
export type {
  WatchedAccountView as WatchedAccount,
  WatchedEndpointsView as WatchedEndpoints,
  WatchedEndpointView as WatchedEndpoint,
} from '../../../src/admin/endpoints.view';
export type { HandlerCallView as Call } from '../../../src/admin/handler-call.view';
export type { RunView as Run } from '../../../src/admin/run.view';
export type {
  HandlerStatsView as HandlerStats,
  StatsView as Stats,
  TimeBucketView as Bucket,
} from '../../../src/admin/stats.view';
export type { SyncRunListView as SyncRuns, SyncRunView as SyncRun } from '../../../src/admin/sync-run.view';
export type { EventSource, EventStatus } from '../../../src/events';

/** From what went well to what did not. */
export const STATUSES = ['succeeded', 'processing', 'pending', 'dead', 'ignored'] as const;
export const SOURCES = ['webhook', 'catch-up', 'manual'] as const;
