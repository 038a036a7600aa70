import { HandlerRegistry, StripeEndpointService } from 'nestjs-stripe-events';
import type Stripe from 'stripe';
import { ServedAccounts } from '../../src/events';
import { StripeClients } from '../../src/stripe-api';

/** The service of a process with handlers for these patterns. */
export function endpointService(stripe: Stripe, ...patterns: string[]): StripeEndpointService {
  const registry = new HandlerRegistry();
  const invoke = () => Promise.resolve();
  patterns.forEach((pattern, n) => registry.add({ id: `h${n}`, patterns: [pattern], transactional: false, invoke }));
  const accounts = [{ name: 'default', livemode: undefined, apiVersion: null, onOtherApiVersion: 'process' as const }];
  return new StripeEndpointService(
    new StripeClients(new Map([['default', { client: stripe }]])),
    registry,
    new ServedAccounts(accounts),
  );
}
