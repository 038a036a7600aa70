export { StripeHealth, type StripeHealthOptions, type StripeHealthReport } from './stripe-health';
