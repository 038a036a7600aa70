/**
 * Where an event is on its way:
 * `pending` is due at `nextAttemptAt`; `processing` is held by a worker; `succeeded`, `dead` and `ignored` are settled.
 */
export type EventStatus = 'pending' | 'processing' | 'succeeded' | 'dead' | 'ignored';

/** Every status an event can have. */
export const EVENT_STATUSES: readonly EventStatus[] = ['pending', 'processing', 'succeeded', 'dead', 'ignored'];

/**
 * Why an event is stored but not handled, or, where a dead letter was `discarded`, not any more. `filtered` is reserved.
 */
export type IgnoredReason = 'no-handler' | 'livemode' | 'twin' | 'api-version' | 'discarded' | 'filtered';

/** What is done with an event that comes in another API version than the one its account is set to. */
export type OtherApiVersion = 'process' | 'ignore' | 'refuse';

/** How an event came in: as a delivery, from the list of the Stripe API, or by `add()`. */
export type EventSource = 'webhook' | 'catch-up' | 'manual';

/** Every way an event can come in. */
export const EVENT_SOURCES: readonly EventSource[] = ['webhook', 'catch-up', 'manual'];

/** Where one handler is with one event. */
export type RunStatus = 'succeeded' | 'failed' | 'dead';

/** The trust domain of events where only one Stripe account is configured. */
export const DEFAULT_ENDPOINT = 'default';
