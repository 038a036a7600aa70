export { buildEvent, testId, type EventParts } from './event-builder';
export { signedDelivery, type SignedDelivery } from './signed-delivery';
export { waitForEvent } from './wait-for-event';
