import { Module, type INestApplication } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { STRIPE_MIGRATIONS, StripeModule } from 'nestjs-stripe-events';
import type { DataSourceOptions } from 'typeorm';
import { SECRET } from './deliveries';
import { listen, platformAdapter, type PlatformName } from './platform';

/** An application with this module that receives; with `stores: false`, everything but the storing. */
export async function startModuleServer(
  platform: PlatformName,
  options: DataSourceOptions,
  { stores }: { stores: boolean },
): Promise<number> {
  @Module({
    imports: [
      TypeOrmModule.forRoot({
        ...options,
        autoLoadEntities: true,
        migrations: STRIPE_MIGRATIONS,
        migrationsRun: true,
      }),
      StripeModule.forRoot({ webhookSecret: SECRET, processing: false }),
    ],
  })
  class Application {}
  const app = await NestFactory.create(Application, platformAdapter(platform), { logger: false });
  if (!stores) {
    storeNothing(app);
  }
  return listen(app);
}

interface Recorder {
  record(event: { facts: { stripeId: string }; endpoint: string }): Promise<unknown>;
}

/** The recorder is not public, so it is looked up by its name. */
function storeNothing(app: INestApplication): void {
  const wrappers = [...app.get(ModulesContainer).values()].flatMap(({ providers }) => [...providers.values()]);
  const recorders = wrappers.filter(({ name }) => name === 'EventRecorder').map(({ instance }) => instance as Recorder);
  if (recorders.length !== 1) {
    throw new Error('There is no recorder to take the storing out of.');
  }
  recorders.forEach((recorder) => {
    recorder.record = ({ facts, endpoint }) => Promise.resolve({ stripeId: facts.stripeId, endpoint, isNew: true });
  });
}
