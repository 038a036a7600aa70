/** The name of the meter and of the tracer. */
export const SCOPE = 'nestjs-stripe-events';

/** What attributes are called, on spans and on measurements. */
export const ATTRIBUTE = {
  eventId: 'stripe.event.id',
  kind: 'stripe.event.kind',
  endpoint: 'stripe.endpoint',
  handler: 'stripe.handler.id',
  attempt: 'stripe.handler.attempt',
  handlerOutcome: 'stripe.handler.outcome',
  deliveryOutcome: 'stripe.delivery.outcome',
  retryReason: 'stripe.retry.reason',
  state: 'stripe.event.state',
  errorType: 'error.type',
} as const;

/** As OpenTelemetry calls what is beyond the values that are told apart. */
export const OTHER = '_OTHER';
