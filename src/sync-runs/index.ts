export type { RunInHand, SyncCheckpoint, SyncJob, SyncProgress } from './sync-job';
export { SYNC_RUN_KINDS, SyncRunEntity, type SyncRunKind, type SyncRunStatus } from './sync-run.entity';
export { SyncRunStore, type SyncRunFilter } from './sync-run.store';
export { SyncRuns, type SyncRunLimits, type SyncRunOptions } from './sync-runs';
export { scopeKey, type SyncRequest, type SyncScope } from './sync-scope';
