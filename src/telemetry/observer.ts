/** What of an event may be shown to whoever watches the application: nothing of its body, and nobody's data. */
export interface StripeObservedEvent {
  /** Its id, `evt_…`. */
  readonly stripeId: string;
  /** Its type, such as `invoice.paid`. Comes from outside: bound how many of them you tell apart. */
  readonly kind: string;
  /** The name of its account, `default` where there is one. */
  readonly endpoint: string;
}

/** How a delivery ended. */
export interface StripeDeliveryEnd {
  /** `refused`: the sender is at fault, and was told 4xx; `failed`: it was told 5xx, and sends the event again. */
  readonly outcome: 'stored' | 'duplicate' | 'refused' | 'failed';
  /** Why it was refused or failed, one of a few words such as `no_match`, `body_too_large` or `down`; else null. */
  readonly reason: string | null;
  /** The event; null where none was read, or nobody vouched for it. */
  readonly event: StripeObservedEvent | null;
  /** From the body's arrival to the answer, in milliseconds. */
  readonly durationMs: number;
}

/** A handler's call for an event. */
export interface StripeHandlerCall {
  readonly event: StripeObservedEvent;
  /** The handler's id. */
  readonly handler: string;
  /** 1 for the first. */
  readonly attempt: number;
}

/**
 * How a handler's call ended. `failed`: it is called again; `dead`: it has given up; `deferred`: it asked to be called
 * later; `unknown`: whether its transaction was committed cannot be told; `postponed`: it was not called, since its
 * transaction could not begin; `lease-lost` and `shutdown`: nothing is recorded, and another call follows.
 */
export type StripeHandlerOutcome =
  'succeeded' | 'failed' | 'dead' | 'deferred' | 'unknown' | 'postponed' | 'lease-lost' | 'shutdown';

/** How a handler's call ended, and how long it took. */
export interface StripeHandlerEnd {
  readonly outcome: StripeHandlerOutcome;
  /** In milliseconds, without waiting for its transaction; null where that is not known. */
  readonly durationMs: number | null;
  /** The class of what it threw, such as `TypeError`, and never its message; null where it threw nothing. */
  readonly errorType: string | null;
}

/**
 * What became of an event that a worker had: done with (`succeeded`, `ignored`, `dead`), due again after a failure
 * (`retry`), or without one: since a handler asked for that, the database did not answer, or the application stops
 * (`deferred`).
 */
export type StripeSettlement = 'succeeded' | 'ignored' | 'dead' | 'retry' | 'deferred';

/** A statement that put events into the ledger. */
export interface StripeRecordedBatch {
  /** How many deliveries shared it. */
  readonly size: number;
  /** In milliseconds, with the commit. */
  readonly durationMs: number;
}

/** Something that is under way and observed. */
export interface StripeObservation<End> {
  /** Calls the work, which never throws at once, in whatever context it is to run in. What is returned counts for nothing. */
  run(work: () => Promise<unknown>): unknown;
  /** It has ended. */
  end(end: End): void;
}

/** A delivery that is under way. */
export interface StripeDeliveryObservation extends StripeObservation<StripeDeliveryEnd> {
  /** Which event it is; told once its signature has been verified, and before it is stored. */
  about(event: StripeObservedEvent): void;
}

/**
 * Watches the module at work. Each part is optional, is called in the way of the work, and so has to be quick; what it
 * throws is logged once, and changes nothing.
 */
export interface StripeObserver {
  /** A delivery has come. */
  delivery?(): StripeDeliveryObservation;
  /** Events were stored, or found to be stored already, in one statement. */
  recorded?(batch: StripeRecordedBatch): void;
  /** A worker has taken events; `nextAttemptAt` is when each was due. */
  claimed?(events: readonly (StripeObservedEvent & { readonly nextAttemptAt: Date | null })[]): void;
  /** A handler is about to be called, or its transaction to begin. */
  handling?(call: StripeHandlerCall): StripeObservation<StripeHandlerEnd>;
  /** What became of an event is committed. */
  settled?(event: StripeObservedEvent, settlement: StripeSettlement): void;
  /** So many events became dead letters, wherever that happened: after handling, at receiving, or with their workers. */
  died?(count: number): void;
}
