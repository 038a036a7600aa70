import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable, Module, type CanActivate, type INestApplicationContext, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import {
  OnStripeEvent,
  StripeEventActionService,
  StripeModule,
  stripeMigrations,
  type StripeHandlerContext,
  type StripeModuleOptions,
  type StripeTableOptions,
} from 'nestjs-stripe-events';
import { buildEvent, signedDelivery, testId, waitForEvent } from 'nestjs-stripe-events/testing';
import { DataSource } from 'typeorm';
import { databases, memoryDatabase, type TestDatabase } from '../support/databases';
import { platforms } from '../support/platforms';

// What the guide on embedding says, where no other test has it.

const SECRET = 'whsec_of_the_guide';
const TOKEN = 'token-of-the-guide';
const PROCESSING = { sweepMs: 20 };
const EVENT = {
  stripeId: 'evt_1',
  kind: 'price.created',
  livemode: false,
  apiVersion: null,
  message: { id: 'price_1' },
};

@Injectable()
class Prices {
  @OnStripeEvent('price.created', { id: 'prices', transactional: true })
  async onCreated(_event: unknown, { manager }: StripeHandlerContext): Promise<void> {
    await manager.query('INSERT INTO effect (name) VALUES (1)');
  }
}

let app: INestApplicationContext | undefined;
let database: TestDatabase | undefined;

afterEach(async () => {
  await app?.close();
  await database?.drop();
});

describe.each(databases)('an application with several data sources, the ledger’s in $name', (kind) => {
  it('receives and handles there, in tables of its own names', async () => {
    database = await kind.create();
    const connection = database.dataSourceOptions();
    const first = await new DataSource(connection).initialize();
    await first.query('CREATE TABLE effect (name INT)');
    // A schema of MySQL is a database of the server, and so needs a name of its own.
    const schema = kind.family === 'mysql' ? `billing_${String(connection.database).slice(-12)}` : 'billing';
    const hasSchemas = kind.family !== 'sqlite';
    await (hasSchemas ? first.query(`CREATE SCHEMA ${schema}`) : undefined);
    await first.destroy();
    const tables: StripeTableOptions = { prefix: 'shop_', ...(hasSchemas && { schema }) };
    const table = `${hasSchemas ? `${schema}.` : ''}shop_stripe_event`;
    const moduleRef = await Test.createTestingModule({
      imports: [
        TypeOrmModule.forRoot({ type: 'better-sqlite3', database: ':memory:' }),
        TypeOrmModule.forRoot({
          ...connection,
          name: 'billing',
          autoLoadEntities: true,
          migrations: stripeMigrations(tables),
          migrationsRun: true,
        }),
        StripeModule.forRootAsync({
          useFactory: (): StripeModuleOptions => ({ webhookSecret: SECRET, adminToken: TOKEN, processing: PROCESSING }),
          dataSource: 'billing',
          tables,
          admin: { path: 'stripe/admin' },
        }),
      ],
      providers: [Prices],
    }).compile();
    const running = await platforms[0]!.createApp(moduleRef);
    app = running.app;
    const event = buildEvent({ type: 'price.created' });

    await fetch(`${running.baseUrl}/stripe/webhook`, { method: 'POST', ...signedDelivery(event, SECRET) });
    await waitForEvent(app, String(event.id), 'succeeded');

    const headers = { authorization: `Bearer ${TOKEN}` };
    const listed = await fetch(`${running.baseUrl}/stripe/admin/events`, { headers });
    expect(await listed.json()).toMatchObject({ data: [{ stripeId: event.id }] });
    const ledger = app.get<DataSource>(getDataSourceToken('billing'));
    const rows: unknown[] = await ledger.query(`SELECT status FROM ${table}`);
    expect(rows).toEqual([{ status: 'succeeded' }]);
    expect(await ledger.query('SELECT name FROM effect')).toHaveLength(1);
    await (kind.family === 'mysql' ? ledger.query(`DROP SCHEMA ${schema}`) : undefined);
  });
});

describe('an application without HTTP', () => {
  it('handles events', async () => {
    database = await databases[0]!.create();
    const connection = database.dataSourceOptions();
    @Module({
      imports: [
        TypeOrmModule.forRoot({
          ...connection,
          autoLoadEntities: true,
          migrations: stripeMigrations(),
          migrationsRun: true,
        }),
        StripeModule.forRoot({ webhookPath: false, processing: PROCESSING }),
      ],
      providers: [Prices],
    })
    class Worker {}
    app = await NestFactory.createApplicationContext(Worker, { logger: false });
    await app.get(DataSource).query('CREATE TABLE effect (name INT)');

    await app.get(StripeEventActionService).add(EVENT);

    expect((await waitForEvent(app, 'evt_1', 'succeeded')).source).toBe('manual');
  });
});

describe.each(platforms)('a guard of the application on $name', (platform) => {
  @Injectable()
  class Sessions {
    readonly open = true;
  }
  @Module({ providers: [Sessions], exports: [Sessions] })
  class SessionsModule {}
  @Injectable()
  class AdminsOnly implements CanActivate {
    constructor(private readonly sessions: Sessions) {}

    canActivate(): boolean {
      return this.sessions.open;
    }
  }

  it.each([
    ['finds what it injects in the imports of the module', [SessionsModule], true],
    ['is not made without them', [], false],
  ] as [string, Type[], boolean][])('%s', async (_what, imports, starts) => {
    database = await memoryDatabase.create();
    const options = { ...database.dataSourceOptions(), autoLoadEntities: true, synchronize: true };
    const compiling = Test.createTestingModule({
      imports: [
        TypeOrmModule.forRoot(options),
        StripeModule.forRoot({ webhookSecret: SECRET, admin: { path: 'ops', guard: AdminsOnly }, imports }),
      ],
    }).compile();
    if (!starts) {
      await expect(compiling).rejects.toThrow('Sessions');
      return;
    }
    const running = await platform.createApp(await compiling);
    app = running.app;
    expect((await fetch(`${running.baseUrl}/ops/events`)).status).toBe(200);
    expect((await fetch(`${running.baseUrl}/ops/events/${testId('evt')}`)).status).toBe(404);
  });
});
