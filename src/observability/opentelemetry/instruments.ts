import type { Counter, Histogram, Meter } from '@opentelemetry/api';

/** In seconds: the answer to Stripe, and a statement. */
const QUICK = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** In seconds: a handler, whose time is limited to 55 unless the application says otherwise. */
const HANDLER = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** In seconds: an event that waits for its turn, which may be a backlog's whole length. */
const WAIT = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3_600];
/** The recorder takes 64 deliveries at most. */
const BATCH = [1, 2, 4, 8, 16, 24, 32, 48, 64];

/** What is counted and measured while it happens. */
export interface Instruments {
  readonly deliveries: Counter;
  readonly deliveryDuration: Histogram;
  readonly batchSize: Histogram;
  readonly batchDuration: Histogram;
  readonly claimLatency: Histogram;
  readonly handlerDuration: Histogram;
  readonly retries: Counter;
  readonly deadLetters: Counter;
}

/** The meter's instruments. Their names are promised: dashboards and alerts are made of them. */
export function createInstruments(meter: Meter): Instruments {
  const seconds = (name: string, description: string, explicitBucketBoundaries: number[]): Histogram =>
    meter.createHistogram(name, { description, unit: 's', advice: { explicitBucketBoundaries } });
  return {
    deliveries: meter.createCounter('stripe.events.deliveries', {
      description: 'Deliveries that were answered, by what became of them.',
      unit: '{delivery}',
    }),
    deliveryDuration: seconds('stripe.events.delivery.duration', 'From the body of a delivery to its answer.', QUICK),
    batchSize: meter.createHistogram('stripe.events.record.batch_size', {
      description: 'Events that shared a statement when they were stored.',
      unit: '{event}',
      advice: { explicitBucketBoundaries: BATCH },
    }),
    batchDuration: seconds(
      'stripe.events.record.duration',
      'One statement that stores events, with its commit.',
      QUICK,
    ),
    claimLatency: seconds('stripe.events.claim.latency', 'From when an event was due to when a worker took it.', WAIT),
    handlerDuration: seconds('stripe.events.handler.duration', 'One call of a handler, by how it ended.', HANDLER),
    retries: meter.createCounter('stripe.events.retries', {
      description: 'Events that are due again, by why.',
      unit: '{retry}',
    }),
    deadLetters: meter.createCounter('stripe.events.dead_letters', {
      description: 'Events that were given up.',
      unit: '{event}',
    }),
  };
}
