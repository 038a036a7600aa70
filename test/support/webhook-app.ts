import { createHmac } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DynamicModule, INestApplication, ModuleMetadata, NestApplicationOptions } from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  EventEntity,
  STRIPE_MIGRATIONS,
  StripeEventActionService,
  StripeModule,
  type StripeModuleOptions,
  type StripeModuleStructure,
} from 'nestjs-stripe-events';
import { DataSource } from 'typeorm';
import { databases, type DatabaseKind } from './databases';
import { SECRET } from './ledger-app';
import type { Configure, Platform } from './platforms';

/** On a busy machine storing may take longer than Stripe should wait. */
const PATIENCE_MS = 20_000;

/** What an application that receives webhooks is made of. */
export interface WebhookAppParts extends Pick<ModuleMetadata, 'controllers' | 'providers' | 'imports'> {
  platform: Platform['name'];
  /** @default SQLite in a file */
  database?: DatabaseKind;
  /** The module's options, or the module itself. */
  stripe?: (StripeModuleOptions & StripeModuleStructure) | DynamicModule;
  /** @default the platform's own, as `NestFactory` makes it */
  adapter?: AbstractHttpAdapter;
  app?: NestApplicationOptions;
  configure?: Configure;
}

/** An application that receives webhooks, started the way `main.ts` does. */
export interface WebhookApp {
  app: INestApplication;
  events: StripeEventActionService;
  port: number;
  baseUrl: string;
  /** Delivers these very bytes, signed, with the headers that Stripe sends or those given instead. */
  deliver(body: Uint8Array | string, path?: string, headers?: Record<string, string>): Promise<Response>;
  /** What is stored under this id, as text. */
  stored(stripeId: string): Promise<string | undefined>;
  /** How many events there are. */
  count(): Promise<number>;
  close(): Promise<void>;
}

/** Starts an application by `NestFactory.create()`, with its events in a database of its own. */
export async function startWebhookApp(parts: WebhookAppParts): Promise<WebhookApp> {
  const database = await (parts.database ?? databases[0]!).create();
  const orm = { autoLoadEntities: true, migrations: STRIPE_MIGRATIONS, migrationsRun: true, retryAttempts: 0 };
  const { platform, controllers = [], providers = [], imports = [], stripe = {} } = parts;
  const root = {
    module: class WebhookApplication {},
    imports: [
      TypeOrmModule.forRoot({ ...database.dataSourceOptions(), ...orm }),
      'module' in stripe
        ? stripe
        : StripeModule.forRoot({
            ...(stripe.accounts === undefined && { webhookSecret: SECRET }),
            processing: false,
            storageTimeoutMs: PATIENCE_MS,
            ...stripe,
          }),
      ...imports,
    ],
    controllers,
    providers,
  };
  const adapter = parts.adapter ?? (platform === 'express' ? new ExpressAdapter() : new FastifyAdapter());
  const app = await NestFactory.create(root, adapter, { logger: false, abortOnError: false, ...parts.app });
  await parts.configure?.(app);
  await app.listen(0, '127.0.0.1');
  const server = app.getHttpServer() as Server;
  const { port } = server.address() as AddressInfo;
  const events = app.get(StripeEventActionService);
  const baseUrl = `http://127.0.0.1:${port}`;
  return {
    app,
    events,
    port,
    baseUrl,
    deliver: (body, path = '/stripe/webhook', headers = { 'content-type': 'application/json; charset=utf-8' }) =>
      fetch(baseUrl + path, { method: 'POST', body: Buffer.from(body), headers: { ...signatureOf(body), ...headers } }),
    stored: async (stripeId) => (await events.find(stripeId))?.rawMessage,
    count: () => app.get(DataSource).getRepository(EventEntity).count(),
    close: async () => {
      // A test that failed may have left one open.
      server.closeAllConnections();
      await app.close();
      await database.drop();
    },
  };
}

/** The header with which Stripe signs these very bytes. */
export function signatureOf(body: Uint8Array | string, secret: string = SECRET): { 'stripe-signature': string } {
  const timestamp = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');
  return { 'stripe-signature': `t=${timestamp},v1=${signature}` };
}
