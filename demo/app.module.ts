import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type Stripe from 'stripe';
import { QueryFailedError } from 'typeorm';
import { STRIPE_MIGRATIONS, StripeModule, type StripeProcessingOptions } from 'nestjs-stripe-events';
import { alertSomebody } from './alert';
import type { Configuration } from './configuration';
import { connectionOf } from './database';
import { HealthController } from './http/health.controller';
import { LogMailer, Mailer } from './mail/mailer';
import { AccessHandlers } from './users/access.handlers';
import { CreateDemoUsers1764000000001 } from './users/create-demo-users';
import { MailHandlers } from './users/mail.handlers';
import { PaymentHandlers } from './users/payment.handlers';
import { Plans } from './users/plans';
import { PaidTotal, User } from './users/user.entity';

/** What can be exchanged, e.g. by a demonstration that wants things to go wrong. */
export interface AppParts {
  readonly mailer?: Mailer;
  readonly processing?: StripeProcessingOptions;
}

/** A small application whose users get access, and are written to, by what Stripe says. */
@Module({})
export class AppModule {
  static with(configuration: Configuration, { mailer = new LogMailer(), processing = {} }: AppParts): DynamicModule {
    return {
      module: AppModule,
      imports: [
        TypeOrmModule.forRoot({
          ...connectionOf(configuration.databaseUrl),
          autoLoadEntities: true,
          migrations: [...STRIPE_MIGRATIONS, CreateDemoUsers1764000000001],
          migrationsRun: true,
          // Two processes that start together on a new database both migrate it, and one of them fails: it looks again.
          // A database that does not answer is another matter, which whoever started the application is told at once.
          toRetry: (error) => error instanceof QueryFailedError,
          retryDelay: 1_000,
        }),
        TypeOrmModule.forFeature([User, PaidTotal]),
        StripeModule.forRoot({
          apiKey: configuration.secretKey,
          clientOptions: clientOptionsOf(configuration.apiBase),
          webhookSecret: configuration.webhookSecrets,
          webhookPath: configuration.role === 'worker' ? false : 'stripe/webhook',
          admin: { path: 'stripe/admin', token: configuration.adminToken },
          processing: configuration.role === 'web' ? false : { onDeadLetter: alertSomebody, ...processing },
        }),
      ],
      controllers: [HealthController],
      providers: [AccessHandlers, PaymentHandlers, MailHandlers, Plans, { provide: Mailer, useValue: mailer }],
    };
  }
}

function clientOptionsOf(base: URL | null): Stripe.StripeConfig {
  if (base === null) {
    return {};
  }
  const protocol = base.protocol === 'http:' ? 'http' : 'https';
  return { host: base.hostname, port: base.port || (protocol === 'http' ? '80' : '443'), protocol };
}
