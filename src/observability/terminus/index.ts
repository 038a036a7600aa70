export { StripeHealthIndicator, type StripeHealthLimits } from './stripe.health-indicator';
