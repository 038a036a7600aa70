import { Module, type DynamicModule } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { StripeModule } from 'nestjs-stripe-events';
import type { DemoConfiguration } from './configuration';
import { HealthController } from './http/health.controller';
import { RequestLogInterceptor } from './http/request-log.interceptor';
import { BillingHandlers } from './users/billing.handlers';
import { User } from './users/user.entity';

/** A small application whose users get access by what Stripe says. */
@Module({})
export class AppModule {
  static with(configuration: DemoConfiguration): DynamicModule {
    return {
      module: AppModule,
      imports: [
        TypeOrmModule.forRoot({ ...configuration.database, autoLoadEntities: true, retryAttempts: 1 }),
        TypeOrmModule.forFeature([User]),
        StripeModule.forRoot({
          apiKey: configuration.apiKey,
          clientOptions: clientOptionsOf(configuration.apiBase),
          webhookSecret: configuration.webhookSecrets,
          webhookPath: configuration.receives ? 'stripe/webhook' : false,
          admin: { path: 'stripe/admin', token: configuration.adminToken },
          processing: configuration.processes ? { backoff: { baseMs: 500 } } : false,
        }),
      ],
      controllers: [HealthController],
      providers: [BillingHandlers, { provide: APP_INTERCEPTOR, useClass: RequestLogInterceptor }],
    };
  }
}

function clientOptionsOf(base: URL | null): { host?: string; port?: string; protocol?: 'http' | 'https' } {
  if (base === null) {
    return {};
  }
  const protocol = base.protocol === 'http:' ? 'http' : 'https';
  return { host: base.hostname, port: base.port || (protocol === 'http' ? '80' : '443'), protocol };
}
