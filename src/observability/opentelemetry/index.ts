export { StripeOpenTelemetryModule, type StripeOpenTelemetryOptions } from './stripe-opentelemetry.module';
