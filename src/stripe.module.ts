import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { CustomerOwners, CustomerQuery, StripeCustomerService } from './customers';
import { StripeEndpointService } from './endpoints';
import { StripeEventActionService } from './events';
import { HandlerRegistry } from './handlers';
import { ConfigurableModuleClass } from './stripe.module-definition';
import { STRIPE_PROVIDERS } from './stripe.providers';
import { StripeHealth } from './observability';
import { StripeCatchUpService } from './sync';
import { StripeTelemetry } from './telemetry';

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
  exports: [
    StripeEventActionService,
    StripeCustomerService,
    StripeCatchUpService,
    StripeEndpointService,
    CustomerQuery,
    CustomerOwners,
    HandlerRegistry,
    StripeTelemetry,
    StripeHealth,
  ],
})
export class StripeModule extends ConfigurableModuleClass {}
