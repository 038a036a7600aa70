import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { setTimeout } from 'node:timers/promises';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  OnStripeEvent,
  STRIPE_MIGRATIONS,
  StripeModule,
  type StripeEventOf,
  type StripeHandlerContext,
} from 'nestjs-stripe-events';
import { listen, platformAdapter } from '../ingest/platform';
import { SECRET } from './deliveries';

/** What a process does: receive, handle, or both. */
export type Role = 'web' | 'worker' | 'all';

const CONCURRENCY = 10;
/** Short, so that the events of the worker that is killed are not what the measurement waits for. */
const LEASE_MS = 5_000;
const PROCESSING = { concurrency: CONCURRENCY, leaseMs: LEASE_MS, sweepMs: 250, backoff: { baseMs: 500 } };
const SLOW_MS = 5;

@Injectable()
class Handlers {
  @OnStripeEvent('charge.succeeded', { id: 'no-op' })
  noOp(): void {
    // Nothing.
  }

  @OnStripeEvent('payout.paid', { id: 'transactional', transactional: true })
  async transactional({ id }: StripeEventOf<'payout.paid'>, { manager }: StripeHandlerContext): Promise<void> {
    await manager.query('INSERT INTO effect (event) VALUES ($1)', [id]);
  }

  @OnStripeEvent('refund.created', { id: 'flaky' })
  flaky(_event: unknown, { attempt }: StripeHandlerContext): void {
    if (attempt === 1) {
      throw new Error('Not the first time.');
    }
  }

  @OnStripeEvent('invoice.paid', { id: 'slow' })
  async slow(): Promise<void> {
    await setTimeout(SLOW_MS);
  }
}

/** Starts an application; returns its port, or 0 where it does not receive. */
export async function startApplication(role: Role, url: string): Promise<number> {
  const receives = role !== 'worker';
  const processing = role === 'web' ? (false as const) : PROCESSING;
  @Module({
    imports: [
      TypeOrmModule.forRoot({
        type: 'postgres',
        url,
        poolSize: CONCURRENCY + 8,
        autoLoadEntities: true,
        migrations: STRIPE_MIGRATIONS,
        migrationsRun: true,
      }),
      StripeModule.forRoot({
        ...(receives ? { webhookSecret: SECRET } : { webhookPath: false as const }),
        processing,
        retention: false,
      }),
    ],
    providers: [Handlers],
  })
  class Application {}
  // A handler that fails is told of in the log each time.
  const logger = ['error' as const];
  if (receives) {
    return listen(await NestFactory.create(Application, platformAdapter('fastify'), { logger }));
  }
  await NestFactory.createApplicationContext(Application, { logger });
  return 0;
}
