export type {
  StripeDeliveryEnd,
  StripeDeliveryObservation,
  StripeHandlerCall,
  StripeHandlerEnd,
  StripeHandlerOutcome,
  StripeObservation,
  StripeObservedEvent,
  StripeObserver,
  StripeRecordedBatch,
  StripeSettlement,
} from './observer';
export { StripeTelemetry, UNWATCHED } from './stripe-telemetry';
