import type { EntityManager } from 'typeorm';
import type { Stop } from '../common';
import type { CustomerEntity } from '../customers';
import type { EventEntity } from '../events';
import type { StripeHandlerContext } from '../handlers';
import type { StripeClients } from '../stripe-api';
import { idempotencyKey } from './idempotency-key';
import { StripeReads } from './stripe-reads';

/** What a handler's context is made of. */
export interface ContextParts {
  readonly record: EventEntity;
  readonly customer: CustomerEntity | null;
  readonly attempt: number;
  readonly stop: Stop;
  readonly handlerId: string;
  readonly manager: EntityManager;
  readonly clients: StripeClients;
}

/** The context a handler is called with. The Stripe client and the signal are made only when they are asked for. */
export function handlerContext(parts: ContextParts): StripeHandlerContext {
  const { record, customer, attempt, stop, manager, clients } = parts;
  const scoped = (): StripeHandlerContext['stripe'] => clients.for(record);
  const reads = new StripeReads(record, scoped);
  return {
    record,
    customer,
    attempt,
    get signal() {
      return stop.signal;
    },
    manager,
    idempotencyKey: idempotencyKey(record, parts.handlerId),
    get stripe() {
      return scoped();
    },
    fetchLatest: () => reads.latest(),
    fetchRelatedObject: () => reads.latest(),
    fetchEvent: () => reads.event(),
  };
}
