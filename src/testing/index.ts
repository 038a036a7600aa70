export { buildEvent, testId, type EventParts } from './event-builder';
export { signedDelivery, type SignedDelivery } from './signed-delivery';
export { waitForEvent, type WaitOptions } from './wait-for-event';
