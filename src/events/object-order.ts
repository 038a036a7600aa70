import { createHash } from 'node:crypto';
import type { EventEntity } from './event.entity';

/** What says where an event stands among those of its object. */
export type OrderedEvent = Pick<EventEntity, 'id' | 'status' | 'createdAt' | 'receivedAt'>;

/** A due event whose object has an order. */
export type Candidate = OrderedEvent & Pick<EventEntity, 'orderLock' | 'heldSince'>;

/** The object of an event, in a form that fits into an index; null when the event is about none. */
export function orderLockOf({
  endpoint,
  account,
  objectId,
}: Pick<EventEntity, 'endpoint' | 'account' | 'objectId'>): string | null {
  return objectId === null
    ? null
    : createHash('sha256')
        .update(JSON.stringify([endpoint, account, objectId]))
        .digest('base64url');
}

/** By Stripe's time, which counts seconds, then by arrival; an event without Stripe's time stands where it arrived. */
export function comesBefore(a: OrderedEvent, b: OrderedEvent): boolean {
  const difference = timeOf(a) - timeOf(b);
  return difference === 0 ? a.id < b.id : difference < 0;
}

function timeOf({ createdAt, receivedAt }: OrderedEvent): number {
  return (createdAt ?? receivedAt).getTime();
}

/** What to do with a candidate now: handle it, hold it back, or look again soon. */
export type Turn = 'run' | 'hold' | 'look-again';

/** What is known when turns are given. */
export interface OrderFacts {
  /** The ids of those open events of an object that may stand in the way, by the object's lock. */
  readonly heads: ReadonlyMap<string, readonly string[]>;
  /** The heads as they are at this moment. One that is not there is being changed by another worker. */
  readonly known: ReadonlyMap<string, OrderedEvent>;
  readonly nowMs: number;
  readonly patienceMs: number;
}

/** Gives each candidate its turn: of each object one may run at most. */
export function turnsOf(candidates: readonly Candidate[], facts: OrderFacts): Map<Candidate, Turn> {
  const turns = new Map<Candidate, Turn>();
  const taken = new Set<string>();
  for (const candidate of [...candidates].sort((a, b) => (comesBefore(a, b) ? -1 : 1))) {
    const lock = candidate.orderLock ?? '';
    const turn = turnOf(candidate, taken.has(lock), facts);
    turns.set(candidate, turn);
    if (turn === 'run') {
      taken.add(lock);
    }
  }
  return turns;
}

function turnOf(candidate: Candidate, taken: boolean, { heads, known, nowMs, patienceMs }: OrderFacts): Turn {
  const others = (heads.get(candidate.orderLock ?? '') ?? []).filter((id) => id !== candidate.id);
  const inTheWay = others.map((id) => known.get(id));
  // A head that is not open any more has made room for one that nobody has looked at.
  if (!inTheWay.every(isOpen)) {
    return 'look-again';
  }
  if (taken || inTheWay.some(({ status }) => status === 'processing')) {
    return 'hold';
  }
  const patient = nowMs < (candidate.heldSince?.getTime() ?? nowMs) + patienceMs;
  return patient && inTheWay.some((other) => comesBefore(other, candidate)) ? 'hold' : 'run';
}

function isOpen(event: OrderedEvent | undefined): event is OrderedEvent {
  return event?.status === 'pending' || event?.status === 'processing';
}
