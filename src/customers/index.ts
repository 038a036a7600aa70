export { newsOfSync, type CustomerNews, type Sighting } from './customer-news';
export { CustomerEntity } from './customer.entity';
export { CustomerOwnerStore } from './customer-owner.store';
export {
  CustomerOwners,
  type FindCustomerOptions,
  type LinkOwnerOptions,
  type StripeCustomerObject,
  type StripeCustomerReference,
  type UnlinkOwnerOptions,
} from './customer-owners';
export { CustomerQuery, type CustomerListFilter } from './customer.query';
export { CustomerStore } from './customer.store';
export { EventCustomers } from './event-customers';
export type { StripeMissedEvents, StripeReplayMissed } from './missed-events';
export { MissedReplays } from './missed-replays';
export { isOwnerId } from './owner-id';
export { OwnerFinder } from './owner-finder';
export {
  ownerFromClientReference,
  ownerFromMetadata,
  ownerFromVerifiedEmail,
  type ClientReferenceOptions,
  type StripeOwnerAnswer,
  type StripeOwnerQuestion,
  type StripeOwnerResolver,
} from './owner-resolver';
export { CustomerSource, type CustomerPlace } from './customer-source';
export { CustomerSync, type CustomerSyncFailure, type CustomerSyncResult } from './customer-sync';
export { CustomerSyncJob } from './customer-sync.job';
export { CustomerSyncStore } from './customer-sync.store';
export { CustomerRefresher } from './customer.refresher';
export {
  StripeCustomerService,
  type CustomerScope,
  type CustomerSyncAllOptions,
  type CustomerSyncOptions,
} from './stripe-customer.service';
