import type { EventFacts } from './event-facts';
import type { EventSource, IgnoredReason } from './event-status';

/** A body to keep. Bytes and not text: while the event waits for its commit, a text would be a second copy of them. */
export interface NewBody {
  /** How it is stored: as the text it is, or as base64 where its bytes are not text, or hold a NUL. */
  readonly encoding: 'utf8' | 'base64';
  readonly bytes: Buffer;
}

/** An event on its way into the ledger. */
export interface NewEvent {
  readonly facts: EventFacts;
  readonly endpoint: string;
  readonly source: EventSource;
  /** When it came in, in epoch milliseconds. */
  readonly receivedAtMs: number;
  readonly body: NewBody;
  /** What becomes of it at once; due now where this is not given. */
  readonly settled?: {
    readonly status: 'ignored' | 'dead';
    readonly reason: IgnoredReason | null;
    readonly error: string | null;
  };
  /** Whether it takes the place of a stored one of its id that was ignored for its API version. */
  readonly replacesOtherVersion?: true;
}

/** What recording an event came to. */
export interface RecordedEvent {
  /** The id under which the ledger has the event: Stripe's, except for test events of the Dashboard. */
  readonly stripeId: string;
  readonly endpoint: string;
  /** False when the ledger had the event already; nothing was changed then. */
  readonly isNew: boolean;
}
