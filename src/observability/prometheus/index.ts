export { StripePrometheusModule } from './stripe-prometheus.module';
export type { StripePrometheusOptions } from './stripe-prometheus.options';
