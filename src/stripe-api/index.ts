export { askedPauseMs } from './asked-pause';
export { ApiVersionNotices } from './api-version-notices';
export { isGone } from './is-gone';
export { PatientCalls, type Answered, type CallLimits, type CallOptions } from './patient-calls';
export { answeredAt, StripeTime } from './stripe-time';
export { objectPath } from './object-paths';
export { StripeReader, type StripeAnswer } from './stripe-reader';
export { StripeClients, type StripeClientSource, type StripeScope } from './stripe-clients';
