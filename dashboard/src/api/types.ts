import type { SyncRunKind } from '../../../src/sync-runs';

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
export type { RunView as Run } from '../../../src/admin/run.view';
export type {
  HandlerStatsView as HandlerStats,
  StatsView as Stats,
  TimeBucketView as Bucket,
} from '../../../src/admin/stats.view';
export type { EventSource, EventStatus } from '../../../src/events';

/** From what went well to what did not. */
export const STATUSES = ['succeeded', 'processing', 'pending', 'dead', 'ignored'] as const;
export const SOURCES = ['webhook', 'catch-up', 'manual'] as const;

/** A catch-up or a sync, where the application has them. */
export interface SyncRun {
  readonly run: string;
  readonly kind: SyncRunKind;
  readonly status: 'running' | 'succeeded' | 'failed' | 'cancelled';
  readonly done: number;
  readonly total: number | null;
  readonly added: number;
  readonly failed: number;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly error: string | null;
}

export interface SyncRuns {
  readonly data: readonly SyncRun[];
}
