export { CustomerDirectory, directoryKey, type KnownCustomer } from './customer-directory';
export { columnText } from './column-text';
export { customerOfEvent } from './customer-of-event';
export type { DeadEvent, DeadEventListener } from './dead-event';
export { factsOf, unusableFacts, type EventFacts } from './event-facts';
export { asJsonObject, isJsonObject, isThinEvent, type JsonObject, type StripeEventLike } from './event-shape';
export { EventDispatcher } from './event-dispatcher';
export { EventBacklogQuery, type EventBacklog } from './event-backlog.query';
export { EventEntity } from './event.entity';
export type { EventDiscardFilter, EventFilter, EventListFilter, EventReplayFilter, Page } from './event.filter';
export { EventPayloadEntity } from './event-payload.entity';
export { EventPayloadStore } from './event-payload.store';
export { eventPath } from './event-path';
export { EventPruneStore, LONGEST_RETENTION_DAYS } from './event-prune.store';
export { EventPruner } from './event-pruner';
export { EventQuery } from './event.query';
export { parseEventText, readDelivery } from './event-reader';
export { EventRecorder } from './event.recorder';
export { EventDiscardStore } from './event-discard.store';
export { EventReplayStore } from './event-replay.store';
export type { EventStats, HandlerStats, KindCount, StatusCounts, TimeBucket } from './event-stats';
export { allOf, anyOf, beginsWith, beginsWithAnyCase, isOneOf, isText, when, type Condition } from './condition';
export { keysetOf, pageOf } from './keyset';
export { EventStatsQuery } from './event-stats.query';
export {
  DEFAULT_ENDPOINT,
  EVENT_SOURCES,
  EVENT_STATUSES,
  type EventSource,
  type EventStatus,
  type IgnoredReason,
  type OtherApiVersion,
  type RunStatus,
} from './event-status';
export { EventTwinEntity } from './event-twin.entity';
export { EventTwinStore, type TwinClaim } from './event-twin.store';
export { EventValidator } from './event-validator';
export { checkHandlers, HandlerDirectory } from './handler-directory';
export { attemptsBefore, type EarlierAttempt, type RecordedRun } from './earlier-attempt';
export { HandlerRunEntity } from './handler-run.entity';
export { HandlerRunStore, type RunRecord } from './handler-run.store';
export type { Claimed } from './due-claim';
export type { Lease, LeasePolicy } from './lease';
export { LeaseStore } from './lease.store';
export type { EventOutcome, LeasedWrite } from './leased-write';
export type { NewBody, NewEvent, RecordedEvent } from './new-event';
export { StripeEventActionService, type DiscardOptions, type ReplayOptions } from './stripe-event-action.service';
export { AddEvent } from './add-event';
export { kindOf } from './add-event.validators';
export { eventOf } from './whole-event';
export { EventAdmission } from './event-admission';
export { ServedAccounts, type ServedAccount } from './served-accounts';
