import { Injectable, Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { setTimeout } from 'node:timers/promises';
import { TypeOrmModule } from '@nestjs/typeorm';
import { OnStripeEvent, STRIPE_MIGRATIONS, StripeModule } from 'nestjs-stripe-events';
import { DataSource, type DataSourceOptions } from 'typeorm';

const CONCURRENCY = 100;

/** What draining a backlog came to. */
export interface Drained {
  readonly events: number;
  readonly seconds: number;
}

@Injectable()
class NoOp {
  calls = 0;
  firstAt = 0;
  reached: { count: number; tell: () => void } | undefined;

  @OnStripeEvent('invoice.paid', { id: 'no-op' })
  handle(): void {
    this.calls += 1;
    this.firstAt ||= performance.now();
    if (this.calls === this.reached?.count) {
      this.reached.tell();
    }
  }
}

/** Has the module handle a backlog of this many events, from the first call of a handler to the last record. */
export async function drainWithModule(options: DataSourceOptions, count: number): Promise<Drained> {
  const noOp = new NoOp();
  const handled = new Promise<void>((tell) => {
    noOp.reached = { count, tell };
    if (count === 0) {
      tell();
    }
  });
  const app = await startWorker(options, noOp);
  await handled;
  await untilSettled(app.get(DataSource));
  const seconds = (performance.now() - noOp.firstAt) / 1000;
  await app.close();
  return { events: noOp.calls, seconds };
}

function startWorker(options: DataSourceOptions, noOp: NoOp): Promise<INestApplicationContext> {
  @Module({
    imports: [
      TypeOrmModule.forRoot({
        ...options,
        autoLoadEntities: true,
        migrations: STRIPE_MIGRATIONS,
        migrationsRun: true,
      }),
      StripeModule.forRoot({ webhookPath: false, processing: { concurrency: CONCURRENCY }, retention: false }),
    ],
    providers: [{ provide: NoOp, useValue: noOp }],
  })
  class Application {}
  return NestFactory.createApplicationContext(Application, { logger: ['warn', 'error'] });
}

/** The last events' records are still under way when the last handler has been called. */
async function untilSettled(dataSource: DataSource): Promise<void> {
  for (;;) {
    const open: unknown[] = await dataSource.query(
      "SELECT id FROM stripe_event WHERE status = 'processing' UNION ALL SELECT id FROM stripe_event WHERE status = 'pending' LIMIT 1",
    );
    if (open.length === 0) {
      return;
    }
    // SQLite answers at once: without a pause nothing else would get its turn.
    await setTimeout(1);
  }
}
