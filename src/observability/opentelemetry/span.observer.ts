import {
  context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import type {
  StripeDeliveryEnd,
  StripeDeliveryObservation,
  StripeHandlerCall,
  StripeHandlerEnd,
  StripeObservation,
  StripeObservedEvent,
  StripeObserver,
  StripeSettlement,
} from '../../telemetry';
import { DeliveryLinks } from './delivery-links';
import { ATTRIBUTE } from './names';

/** Handler outcomes that somebody who looks for errors wants to see. */
const FAILURES = new Set<StripeHandlerEnd['outcome']>(['failed', 'dead', 'unknown']);

/** Makes a span of each delivery, and one of each handler's call, linked to the delivery where this process took it in. */
export class SpanObserver implements StripeObserver {
  private readonly links = new DeliveryLinks();

  constructor(private readonly tracer: Tracer) {}

  /** Within the request's own span, where HTTP is instrumented. */
  delivery(): StripeDeliveryObservation {
    const parent = context.active();
    const span = this.tracer.startSpan('stripe.delivery', { kind: SpanKind.PRODUCER }, parent);
    return {
      run: (work) => context.with(trace.setSpan(parent, span), work),
      about: (event) => {
        span.setAttributes(attributesOf(event));
        this.links.remember(event, span.spanContext());
      },
      end: (end) => {
        this.endDelivery(span, end);
      },
    };
  }

  /** A trace of its own: it may be hours after the delivery, and in a row of attempts. */
  handling({ event, handler, attempt }: StripeHandlerCall): StripeObservation<StripeHandlerEnd> {
    const attributes = { ...attributesOf(event), [ATTRIBUTE.handler]: handler, [ATTRIBUTE.attempt]: attempt };
    const delivery = this.links.of(event);
    const span = this.tracer.startSpan(
      `stripe.handler ${handler}`,
      { kind: SpanKind.CONSUMER, root: true, attributes, links: delivery === undefined ? [] : [{ context: delivery }] },
      ROOT_CONTEXT,
    );
    const within: Context = trace.setSpan(ROOT_CONTEXT, span);
    return {
      run: (work) => context.with(within, work),
      end: ({ outcome, errorType }) => {
        end(span, ATTRIBUTE.handlerOutcome, { outcome, reason: errorType, isError: FAILURES.has(outcome) });
      },
    };
  }

  settled(event: StripeObservedEvent, settlement: StripeSettlement): void {
    if (settlement !== 'retry' && settlement !== 'deferred') {
      this.links.forget(event);
    }
  }

  private endDelivery(span: Span, { outcome, reason, event }: StripeDeliveryEnd): void {
    if (outcome !== 'stored' && event !== null) {
      this.links.forget(event, span.spanContext());
    }
    end(span, ATTRIBUTE.deliveryOutcome, { outcome, reason, isError: outcome === 'failed' });
  }
}

interface Ending {
  readonly outcome: string;
  readonly reason: string | null;
  readonly isError: boolean;
}

/** Without the words of an error, which may be anybody's: the class of it says where to look in the log. */
function end(span: Span, attribute: string, { outcome, reason, isError }: Ending): void {
  span.setAttribute(attribute, outcome);
  if (reason !== null) {
    span.setAttribute(ATTRIBUTE.errorType, reason);
  }
  if (isError) {
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

function attributesOf({ stripeId, kind, endpoint }: StripeObservedEvent): Attributes {
  return { [ATTRIBUTE.eventId]: stripeId, [ATTRIBUTE.kind]: kind, [ATTRIBUTE.endpoint]: endpoint };
}
