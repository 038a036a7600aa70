import type { SpanContext } from '@opentelemetry/api';
import type { StripeObservedEvent } from '../../telemetry';

/** Remembers which delivery brought an event, for the latest of those that this process has not done with. */
export class DeliveryLinks {
  private readonly spans = new Map<string, SpanContext>();

  constructor(private readonly most = 10_000) {}

  /** The first delivery counts: those after it found the event there. */
  remember(event: StripeObservedEvent, span: SpanContext): void {
    const key = keyOf(event);
    if (this.spans.has(key)) {
      return;
    }
    const [oldest] = this.spans.size >= this.most ? this.spans.keys() : [];
    if (oldest !== undefined) {
      this.spans.delete(oldest);
    }
    this.spans.set(key, span);
  }

  of(event: StripeObservedEvent): SpanContext | undefined {
    return this.spans.get(keyOf(event));
  }

  /** @param span only where it is this one, if it is given */
  forget(event: StripeObservedEvent, span?: SpanContext): void {
    const key = keyOf(event);
    if (span === undefined || this.spans.get(key) === span) {
      this.spans.delete(key);
    }
  }
}

function keyOf({ endpoint, stripeId }: StripeObservedEvent): string {
  return `${endpoint}/${stripeId}`;
}
