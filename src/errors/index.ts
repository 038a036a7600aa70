export { STRIPE_ERROR_CODES, type StripeErrorCode } from './error-codes';
export { errorBody, type ErrorBody } from './error-body';
export { StripeEventsError } from './stripe-events.error';
export * from './configuration.errors';
export * from './delivery.errors';
export * from './request.errors';
export * from './handler.errors';
export * from './sync.errors';
export * from './endpoint.errors';
