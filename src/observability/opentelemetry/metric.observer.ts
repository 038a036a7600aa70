import type { Attributes, Meter } from '@opentelemetry/api';
import type {
  StripeDeliveryEnd,
  StripeDeliveryObservation,
  StripeHandlerCall,
  StripeHandlerEnd,
  StripeObservation,
  StripeObservedEvent,
  StripeObserver,
  StripeRecordedBatch,
  StripeSettlement,
} from '../../telemetry';
import { BoundedKinds } from './bounded-kinds';
import { createInstruments, type Instruments } from './instruments';
import { ATTRIBUTE } from './names';

/** Counts and measures. What measurements are told apart by is bounded; no event's id is among it. */
export class MetricObserver implements StripeObserver {
  private readonly instruments: Instruments;
  private readonly kinds = new BoundedKinds();

  constructor(meter: Meter) {
    this.instruments = createInstruments(meter);
  }

  delivery(): StripeDeliveryObservation {
    return {
      run: (work) => work(),
      about: () => undefined,
      end: (end) => {
        this.endDelivery(end);
      },
    };
  }

  recorded({ size, durationMs }: StripeRecordedBatch): void {
    this.instruments.batchSize.record(size);
    this.instruments.batchDuration.record(durationMs / 1_000);
  }

  claimed(events: Parameters<Required<StripeObserver>['claimed']>[0]): void {
    const nowMs = Date.now();
    for (const { nextAttemptAt } of events) {
      // The database's clock against this host's: a little may be less than nothing.
      this.instruments.claimLatency.record(Math.max(0, nowMs - (nextAttemptAt?.getTime() ?? nowMs)) / 1_000);
    }
  }

  handling({ handler }: StripeHandlerCall): StripeObservation<StripeHandlerEnd> {
    return {
      run: (work) => work(),
      end: ({ outcome, durationMs }) => {
        if (durationMs !== null) {
          const attributes = { [ATTRIBUTE.handler]: handler, [ATTRIBUTE.handlerOutcome]: outcome };
          this.instruments.handlerDuration.record(durationMs / 1_000, attributes);
        }
      },
    };
  }

  settled(event: StripeObservedEvent, settlement: StripeSettlement): void {
    if (settlement === 'retry' || settlement === 'deferred') {
      const reason = settlement === 'retry' ? 'failed' : 'deferred';
      this.instruments.retries.add(1, { ...this.about(event), [ATTRIBUTE.retryReason]: reason });
    }
  }

  died(count: number): void {
    this.instruments.deadLetters.add(count);
  }

  private endDelivery({ outcome, reason, event, durationMs }: StripeDeliveryEnd): void {
    const attributes = {
      [ATTRIBUTE.deliveryOutcome]: outcome,
      ...(reason !== null && { [ATTRIBUTE.errorType]: reason }),
    };
    this.instruments.deliveries.add(1, { ...attributes, ...(event !== null && this.about(event)) });
    this.instruments.deliveryDuration.record(durationMs / 1_000, attributes);
  }

  private about({ kind, endpoint }: StripeObservedEvent): Attributes {
    return { [ATTRIBUTE.kind]: this.kinds.of(kind), [ATTRIBUTE.endpoint]: endpoint };
  }
}
