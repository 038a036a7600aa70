import type { EventFilter } from '../events';
import type { CustomerEntity } from './customer.entity';

/**
 * Which events of a customer are replayed because they were handled before its owner, or anything but its id, was known.
 * Without conditions all of them, except those that were ignored and those that a worker has at this moment.
 */
export interface StripeMissedEvents extends Pick<EventFilter, 'kind' | 'status' | 'from' | 'to'> {
  /** Ids of the handlers to run again; all where it is not given, also those that send mail or move money. */
  readonly handlers?: readonly string[];
}

/** After what the events are replayed that a customer missed. */
export interface StripeReplayMissed extends StripeMissedEvents {
  /**
   * `linked`: a resolver has found the customer's owner. `described`: an event describes a customer that was known by its
   * id alone. Empty, and nothing is replayed.
   */
  readonly when: readonly ('linked' | 'described')[];
}

/** The filter of the events that a customer missed. */
export function missedBy(
  { endpoint, stripeId }: Pick<CustomerEntity, 'endpoint' | 'stripeId'>,
  { kind, status, from, to }: StripeMissedEvents,
): EventFilter {
  return {
    ...{ endpoint, customer: stripeId },
    ...(kind === undefined ? {} : { kind }),
    ...(status === undefined ? {} : { status }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}
