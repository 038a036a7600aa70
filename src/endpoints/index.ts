export type { StripeEndpointDeclaration } from './endpoint-declaration';
export type { StripeEndpointDifference, StripeEndpointDrift } from './endpoint-drift';
export { EndpointWatch, type WatchedAccount, type WatchedEndpoint } from './endpoint-watch';
export type { StripeSecretRotation } from './secret-rotation';
export { StripeEndpointService, type ApplyEndpointOptions, type StripeEndpointResult } from './stripe-endpoint.service';
