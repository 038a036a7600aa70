export { StripeModule } from './stripe.module';
export type {
  StripeAccountOptions,
  StripeCustomerOptions,
  StripeCatchUpScheduleOptions,
  StripeModuleOptions,
  StripeModuleStructure,
  StripeProcessingOptions,
} from './stripe.options';
export { STRIPE_ENTITIES, STRIPE_MIGRATIONS, stripeEntities, stripeMigrations } from './stripe.entities';

export type { AdminOptions } from './admin';
export {
  CustomerEntity,
  CustomerOwners,
  CustomerQuery,
  ownerFromClientReference,
  ownerFromMetadata,
  ownerFromVerifiedEmail,
  StripeCustomerService,
  type ClientReferenceOptions,
  type CustomerListFilter,
  type FindCustomerOptions,
  type LinkOwnerOptions,
  type StripeCustomerObject,
  type StripeCustomerReference,
  type StripeMissedEvents,
  type StripeOwnerAnswer,
  type StripeOwnerQuestion,
  type StripeOwnerResolver,
  type StripeReplayMissed,
  type UnlinkOwnerOptions,
  type CustomerScope,
  type CustomerSyncAllOptions,
  type CustomerSyncFailure,
  type CustomerSyncOptions,
  type CustomerSyncResult,
} from './customers';
export type { StripeTableOptions } from './database';
export {
  StripeEndpointService,
  type ApplyEndpointOptions,
  type StripeEndpointDeclaration,
  type StripeEndpointDifference,
  type StripeEndpointDrift,
  type StripeEndpointResult,
  type StripeSecretRotation,
} from './endpoints';
export { fromEventBridge, fromEventGrid, fromQueueMessage, type EventBridgeOptions } from './envelopes';
export * from './errors';
export {
  AddEvent,
  EVENT_SOURCES,
  EVENT_STATUSES,
  EventEntity,
  EventPayloadEntity,
  HandlerRunEntity,
  StripeEventActionService,
  type EventFilter,
  type EventListFilter,
  type EventReplayFilter,
  type EventDiscardFilter,
  type EarlierAttempt,
  type EventSource,
  type EventStatus,
  type IgnoredReason,
  type OtherApiVersion,
  type Page,
  type ReplayOptions,
  type DiscardOptions,
  type RunStatus,
} from './events';
export {
  HandlerRegistry,
  OnStripeEvent,
  type OnStripeEventOptions,
  type StripeEventOf,
  type StripeEventPattern,
  type StripeEventType,
  type StripeFetchedEventOf,
  type StripeHandlerContext,
  type StripeRelatedObjectOf,
  type StripeThinEvent,
  type StripeThinEventType,
} from './handlers';
export { StripeHealth, type StripeHealthOptions, type StripeHealthReport } from './observability';
export type { StripeDeadLetter } from './processing';
export type { StripeScope } from './stripe-api';
export {
  SyncRunEntity,
  type SyncProgress,
  type SyncRunKind,
  type SyncRunOptions,
  type SyncRunStatus,
} from './sync-runs';
export {
  StripeCatchUpService,
  type StripeCatchUpOptions,
  type StripeCatchUpRequest,
  type StripeCatchUpResult,
} from './sync';
export {
  StripeTelemetry,
  type StripeDeliveryEnd,
  type StripeDeliveryObservation,
  type StripeHandlerCall,
  type StripeHandlerEnd,
  type StripeHandlerOutcome,
  type StripeObservation,
  type StripeObservedEvent,
  type StripeObserver,
  type StripeRecordedBatch,
  type StripeSettlement,
} from './telemetry';
