import type { EventSource, EventStatus } from './event-status';

/** Which events are meant. Conditions that are not given let everything through. */
export interface EventFilter {
  /** Stripe's type, or a family of types: `customer.*`. */
  readonly kind?: string;
  /** Where the event is on its way. */
  readonly status?: EventStatus;
  /** Whether real money is concerned. */
  readonly livemode?: boolean;
  /** Stripe's id of the customer, `cus_…`. */
  readonly customer?: string;
  /** The connected account, `acct_…`. */
  readonly account?: string;
  /** The API version its body is written in. */
  readonly apiVersion?: string;
  /** The id of the object the event is about. */
  readonly object?: string;
  /** How the event came in. */
  readonly source?: EventSource;
  /** The name of the account whose secrets vouched for it. */
  readonly endpoint?: string;
  /** The beginning of an event's, object's or customer's id, or of a type. */
  readonly q?: string;
  /** Received at this moment or later. */
  readonly from?: Date;
  /** Received before this moment. */
  readonly to?: Date;
}

/** A filter and where in its result to go on. */
export interface EventListFilter extends EventFilter {
  /** Most events to return, 1 to 100; 25 where it is not given. */
  readonly limit?: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
}

/** A filter and how many events it may touch at most. */
export interface EventReplayFilter extends EventFilter {
  /** Most events to replay, oldest first; all where it is not given. */
  readonly limit?: number;
}

/** Which dead letters are meant, and how many events a discard may touch at most. */
export interface EventDiscardFilter extends Omit<EventFilter, 'status'> {
  /** Most events to discard, oldest first; all where it is not given. */
  readonly limit?: number;
}

/** A page of a list, newest first. */
export interface Page<Item> {
  /** The items of this page. */
  readonly data: Item[];
  /** Where the next page goes on; null after the last one. */
  readonly nextCursor: string | null;
}
