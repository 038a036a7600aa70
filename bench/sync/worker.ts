import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  StorageUnavailableError,
  STRIPE_MIGRATIONS,
  StripeCustomerService,
  StripeEventActionService,
  StripeModule,
} from 'nestjs-stripe-events';
import type { Command, Message } from './protocol';

/** So that the run is taken over soon after its process was killed. */
const LEASE_MS = 3_000;

/** Syncs all customers, and takes in events meanwhile: `worker.js <url> <port of the stand-in> <key> <ms between samples>`. */
async function main([url = '', port, apiKey = '', sampleEveryMs]: string[]): Promise<void> {
  @Module({
    imports: [
      TypeOrmModule.forRoot({
        ...{ type: 'postgres', url, autoLoadEntities: true },
        ...{ migrations: STRIPE_MIGRATIONS, migrationsRun: true },
      }),
      StripeModule.forRoot({
        apiKey,
        clientOptions: { host: '127.0.0.1', port: Number(port), protocol: 'http' },
        webhookPath: false,
        processing: { leaseMs: LEASE_MS },
        retention: false,
      }),
    ],
  })
  class Application {}
  const app = await NestFactory.createApplicationContext(Application, { logger: ['warn', 'error'] });
  const events = app.get(StripeEventActionService);
  process.on('message', (command: Command) => {
    if (command.kind === 'stop') {
      void app.close().then(() => process.exit(0));
      return;
    }
    takeIn(events, command.event).catch(fail);
  });
  await sync(app.get(StripeCustomerService), Number(sampleEveryMs));
}

/** Again where the database has too much to do, as Stripe does. */
async function takeIn(events: StripeEventActionService, message: { readonly id: string }): Promise<void> {
  const event = { stripeId: message.id, kind: 'customer.updated', livemode: false, apiVersion: null, message };
  for (let isStored = false; !isStored;) {
    isStored = await events.add(event).then(
      () => true,
      (error: unknown) => {
        if (error instanceof StorageUnavailableError) {
          return false;
        }
        throw error;
      },
    );
  }
  say({ kind: 'stored', event: message.id });
}

async function sync(customers: StripeCustomerService, sampleEveryMs: number): Promise<void> {
  let done = 0;
  const sample = (): void => {
    gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    say({ kind: 'sample', done, rssMb: rss / 2 ** 20, heapMb: heapUsed / 2 ** 20 });
  };
  const timer = setInterval(sample, sampleEveryMs);
  const run = await customers.syncAll({ onProgress: (progress) => (done = progress.done) });
  clearInterval(timer);
  done = run.done;
  sample();
  say({ kind: 'ended', done: run.done, status: run.status });
}

function say(message: Message): void {
  process.send?.(message);
}

function fail(error: unknown): void {
  console.error(error);
  process.exit(1);
}

main(process.argv.slice(2)).catch(fail);
