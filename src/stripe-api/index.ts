export { ApiVersionNotices } from './api-version-notices';
export { isGone } from './is-gone';
export { objectPath } from './object-paths';
export { StripeReader, type ReaderLimits, type StripeAnswer } from './stripe-reader';
export { StripeClients, type StripeClientSource, type StripeScope } from './stripe-clients';
