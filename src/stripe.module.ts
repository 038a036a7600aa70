import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { CustomerOwners, CustomerQuery } from './customers';
import { StripeEndpointService } from './endpoints';
import { StripeEventActionService } from './events';
import { HandlerRegistry } from './handlers';
import { ConfigurableModuleClass } from './stripe.module-definition';
import { STRIPE_PROVIDERS } from './stripe.providers';

/**
 * Receives Stripe's webhooks, keeps every event in the application's database, and runs the application's
 * `@OnStripeEvent()` methods on them until they succeed.
 *
 * @example
 * StripeModule.forRoot({ apiKey: 'sk_…', webhookSecret: 'whsec_…' })
 */
@Module({
  imports: [DiscoveryModule],
  providers: STRIPE_PROVIDERS,
  exports: [StripeEventActionService, CustomerQuery, CustomerOwners, HandlerRegistry, StripeEndpointService],
})
export class StripeModule extends ConfigurableModuleClass {}
