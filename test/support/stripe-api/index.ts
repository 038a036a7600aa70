export type { StandInAccount } from './account';
export { ApiError, invalid, noSuch } from './api-error';
export type { Fault, HeldRequest } from './faults';
export type { CustomerObject } from './resources/customers';
export type { ListedEvent } from './resources/events';
export type { WebhookEndpointObject } from './resources/webhook-endpoints';
export { sdks, type Sdk } from './sdks';
export { API_KEY, startStripeApi, type ApiRequest, type StripeApi, type StripeApiParts } from './server';
