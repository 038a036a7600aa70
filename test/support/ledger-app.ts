import type { ClassProvider, INestApplication, NestApplicationOptions, Type } from '@nestjs/common';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import {
  STRIPE_MIGRATIONS,
  StripeModule,
  type StripeModuleOptions,
  type StripeModuleStructure,
} from 'nestjs-stripe-events';
import { signedDelivery } from 'nestjs-stripe-events/testing';
import type { DatabaseKind } from './databases';
import type { Configure, Platform } from './platforms';

export const SECRET = 'whsec_made_up_for_tests';
export const ADMIN_TOKEN = 'admin-token-made-up-for-tests';

/** What an application under test is made of. */
export interface LedgerAppParts {
  database: DatabaseKind;
  platform: Platform;
  stripe?: StripeModuleOptions & StripeModuleStructure;
  providers?: (Type | ClassProvider)[];
  app?: NestApplicationOptions;
  configure?: Configure;
  /** Replaces parts of the module, e.g. its clock. */
  override?: (testing: TestingModuleBuilder) => TestingModuleBuilder;
}

/** A running application with the module in it, on a database of its own. */
export interface LedgerApp {
  app: INestApplication;
  baseUrl: string;
  dataSource: DataSource;
  /** Signs an event and delivers it; a text is sent as it is. */
  deliver(event: unknown, path?: string, secret?: string): Promise<Response>;
  /** Asks the administration. */
  admin(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

/** Starts an application as a user would make it. */
export async function startLedgerApp({ database, platform, ...parts }: LedgerAppParts): Promise<LedgerApp> {
  const fresh = await database.create();
  const { override = (testing) => testing } = parts;
  const testing = Test.createTestingModule({
    imports: [
      TypeOrmModule.forRoot({
        ...fresh.dataSourceOptions(),
        autoLoadEntities: true,
        migrations: STRIPE_MIGRATIONS,
        migrationsRun: true,
        retryAttempts: 0,
      }),
      StripeModule.forRoot({
        ...(parts.stripe?.accounts === undefined && { webhookSecret: SECRET }),
        admin: { path: 'stripe/admin', token: ADMIN_TOKEN },
        ...parts.stripe,
      }),
    ],
    providers: parts.providers ?? [],
  });
  const moduleRef = await override(testing).compile();
  const { app, baseUrl } = await platform.createApp(moduleRef, parts.app, parts.configure);
  return {
    app,
    baseUrl,
    dataSource: app.get(DataSource),
    deliver: (event, path = '/stripe/webhook', secret = SECRET) =>
      fetch(`${baseUrl}${path}`, { method: 'POST', ...signedDelivery(event, secret) }),
    admin: (path, init = {}) => {
      const headers = {
        authorization: `Bearer ${ADMIN_TOKEN}`,
        'content-type': 'application/json',
        ...(init.headers as Record<string, string> | undefined),
      };
      return fetch(`${baseUrl}/stripe/admin/${path}`, { ...init, headers });
    },
    close: async () => {
      await app.close();
      await fresh.drop();
    },
  };
}
