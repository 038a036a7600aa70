import type { EventEntity, EventTwinStore, TwinClaim } from '../events';
import { matchesPattern, type HandlerRegistry, type RegisteredHandler } from '../handlers';

/** What becomes of the second of two events that tell of one fact. */
export type Pairing = 'handle-both' | 'first-wins' | 'once-per-handler';

/** Before the name of a snapshot event, it makes the name of its thin form. */
const THIN = 'v1.';
/** Those of other versions of the API have no other form. */
const VERSIONED = /^v\d+\./;

/** Knows which events tell of one fact, a thin one and a snapshot one, and which handlers the second of them is left. */
export class EventPairing {
  constructor(
    private readonly twins: Pick<EventTwinStore, 'claim'>,
    private readonly registry: Pick<HandlerRegistry, 'has'>,
    private readonly pairing: Pairing,
  ) {}

  /** Those of the events whose fact another event has: it was, or is, or will be handled. */
  seconds(events: readonly EventEntity[]): Promise<ReadonlySet<EventEntity>> {
    return this.twins.claim(this.pairing === 'handle-both' ? [] : events.flatMap((event) => this.claimOf(event)));
  }

  /** The handlers that are still to be called for the second event of a fact. */
  leftFor({ kind }: EventEntity, handlers: readonly RegisteredHandler[]): readonly RegisteredHandler[] {
    const asksForBoth = ({ patterns }: RegisteredHandler): boolean =>
      patterns.some((pattern) => matchesPattern(pattern, twinOf(kind)));
    return this.pairing === 'first-wins' ? [] : handlers.filter((handler) => !asksForBoth(handler));
  }

  /** Only where both would be handled: an event that nobody asks for must not take the fact from the one that is. */
  private claimOf(event: EventEntity): TwinClaim[] {
    const { kind, snapshotEvent, stripeId, endpoint } = event;
    const isThin = kind.startsWith(THIN);
    const snapshotId = isThin ? snapshotEvent : VERSIONED.test(kind) ? null : stripeId;
    const bothHandled = this.registry.has(kind, endpoint) && this.registry.has(twinOf(kind), endpoint);
    return snapshotId === null || !bothHandled ? [] : [{ event, snapshotId, kind: isThin ? twinOf(kind) : kind }];
  }
}

/** By its id alone a snapshot event may have several thin ones, which tell of different things. */
function twinOf(kind: string): string {
  return kind.startsWith(THIN) ? kind.slice(THIN.length) : `${THIN}${kind}`;
}
