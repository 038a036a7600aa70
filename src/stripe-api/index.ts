export { ApiVersionNotices } from './api-version-notices';
export { isGone } from './is-gone';
export { objectPath } from './object-paths';
export { StripeClients, type StripeClientSource, type StripeScope } from './stripe-clients';
