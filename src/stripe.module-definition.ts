import { ConfigurableModuleBuilder, type DynamicModule } from '@nestjs/common';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { createAdminControllers } from './admin';
import { LedgerDatabase } from './database';
import { EventEntity } from './events';
import { stripeEntities } from './stripe.entities';
import type { StripeModuleOptions, StripeModuleStructure } from './stripe.options';
import { STRIPE_STRUCTURE } from './stripe.tokens';
import { webhookPathsOf } from './stripe.webhook-paths';
import { createWebhookController } from './webhook';

/** `forRoot` and `forRootAsync`: what shapes the module is static, everything else may come from a factory. */
export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<StripeModuleOptions>()
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createStripeOptions')
  .setExtras<StripeModuleStructure>({ isGlobal: true }, withStructure)
  .build();

function withStructure(definition: DynamicModule, structure: StripeModuleStructure): DynamicModule {
  const { dataSource, tables, imports = [], isGlobal = true } = structure;
  return {
    ...definition,
    global: isGlobal,
    imports: [...(definition.imports ?? []), ...imports, TypeOrmModule.forFeature(stripeEntities(tables), dataSource)],
    controllers: [...(definition.controllers ?? []), ...controllersOf(structure)],
    providers: [
      ...(definition.providers ?? []),
      { provide: STRIPE_STRUCTURE, useValue: structure },
      {
        provide: LedgerDatabase,
        inject: [getDataSourceToken(dataSource)],
        useFactory: (application: DataSource) => LedgerDatabase.open(application, EventEntity),
      },
    ],
  };
}

function controllersOf(structure: StripeModuleStructure) {
  const { webhookDecorators = [], admin = false } = structure;
  const webhooks = webhookPathsOf(structure).map((path) => createWebhookController(path, webhookDecorators));
  return [...webhooks, ...(admin === false ? [] : createAdminControllers(admin))];
}
