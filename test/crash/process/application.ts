import { Injectable, type INestApplication, type OnModuleDestroy } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { TypeOrmModule } from '@nestjs/typeorm';
import { STRIPE_MIGRATIONS, StripeCustomerService, StripeModule } from 'nestjs-stripe-events';
import { APP_SETTINGS, Handlers } from './handlers';
import { SECRET, type AppSettings } from './protocol';
import { report } from './stops';

@Injectable()
class Shutdown implements OnModuleDestroy {
  onModuleDestroy(): void {
    report({ kind: 'stopping' });
  }
}

/** Starts an application as a user's `main.ts` does, listening on a free port. */
export async function startApplication(settings: AppSettings): Promise<INestApplication> {
  const { dataSource, migrationsRun, processing, receives, stripeApi, fetches } = settings;
  const options = { autoLoadEntities: true, migrations: STRIPE_MIGRATIONS, migrationsRun, retryDelay: 50 };
  const root = {
    module: class CrashApplication {},
    imports: [
      TypeOrmModule.forRoot({ ...dataSource, ...options }),
      StripeModule.forRoot({
        processing,
        ...(receives ? { webhookSecret: SECRET } : { webhookPath: false }),
        ...stripeApi,
        ...(fetches === 'missed events' ? { catchUp: { everyMs: 600_000 } } : {}),
      }),
    ],
    providers: [Handlers, Shutdown, { provide: APP_SETTINGS, useValue: settings }],
  };
  const app = await NestFactory.create(root, new ExpressAdapter(), { logger: ['error', 'warn'], abortOnError: false });
  app.enableShutdownHooks(['SIGTERM'], { useProcessExit: true });
  await app.listen(0, '127.0.0.1');
  if (fetches === 'customers') {
    await app.get(StripeCustomerService).beginSync();
  }
  return app;
}
