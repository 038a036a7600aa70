import { request } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { VersioningType, type VersioningOptions } from '@nestjs/common';
import { NestFactory, RouterModule } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { STRIPE_MIGRATIONS, StripeEventActionService, StripeModule } from 'nestjs-stripe-events';
import { testId } from 'nestjs-stripe-events/testing';
import { databases } from '../support/databases';
import { SECRET } from '../support/ledger-app';
import { platforms, type Configure } from '../support/platforms';
import { signatureOf, startWebhookApp, type WebhookApp, type WebhookAppParts } from '../support/webhook-app';
import { expectByteExact, oddBody } from './byte-exact';

let webhook: WebhookApp | undefined;

async function start(parts: WebhookAppParts): Promise<WebhookApp> {
  webhook = await startWebhookApp(parts);
  return webhook;
}

afterEach(async () => {
  await webhook?.close();
  webhook = undefined;
});

const versioned =
  (options: VersioningOptions): Configure =>
  (app) =>
    void app.setGlobalPrefix('api').enableVersioning(options);

describe.each(platforms)('the path of the webhook on $name', ({ name: platform }) => {
  it.each<[string, string, Configure]>([
    ['a prefix', '/api/stripe/webhook', (app) => void app.setGlobalPrefix('api')],
    [
      'a prefix that excludes it',
      '/stripe/webhook',
      (app) => void app.setGlobalPrefix('api', { exclude: ['stripe/*path'] }),
    ],
    ['a prefix with a parameter', '/acme%20ltd/api/stripe/webhook', (app) => void app.setGlobalPrefix(':tenant/api')],
    ['versions in paths', '/api/stripe/webhook', versioned({ type: VersioningType.URI })],
    [
      'versions in paths, one by default',
      '/api/stripe/webhook',
      versioned({ type: VersioningType.URI, defaultVersion: '1' }),
    ],
    [
      'versions in a header',
      '/api/stripe/webhook',
      versioned({ type: VersioningType.HEADER, header: 'x-version', defaultVersion: '2' }),
    ],
    [
      'versions in the type of content',
      '/api/stripe/webhook',
      versioned({ type: VersioningType.MEDIA_TYPE, key: 'v=' }),
    ],
  ])('stands behind %s', async (_name, path, configure) => {
    await expectByteExact(await start({ platform, configure }), path);
  });

  it('takes no version from a header that asks for one', async () => {
    const configure = versioned({ type: VersioningType.HEADER, header: 'x-version', defaultVersion: '1' });
    const { deliver } = await start({ platform, configure });
    expect((await deliver(oddBody(testId('evt')), '/api/stripe/webhook', { 'x-version': '7' })).status).toBe(200);
  });

  it('stands below the path of a parent module', async () => {
    const imports = [RouterModule.register([{ path: 'billing', module: StripeModule }])];
    await expectByteExact(await start({ platform, imports }), '/billing/stripe/webhook');
  });

  it.each(['api/hooks/stripe', '/api/hooks/stripe', 'api/hooks/stripe/', '/api/hooks/stripe/'])(
    'may be %s',
    async (webhookPath) => {
      await expectByteExact(await start({ platform, stripe: { webhookPath } }), '/api/hooks/stripe');
      expect((await webhook!.deliver(oddBody(testId('evt')))).status).toBe(404);
    },
  );

  it('may have a query behind it', async () => {
    await expectByteExact(await start({ platform }), '/stripe/webhook?account=acct_1&x=/other');
  });

  it.each<[string, Record<string, string>]>([
    ['text/plain', { 'content-type': 'text/plain' }],
    ['application/json of a charset', { 'content-type': 'application/json; charset=latin1' }],
    ['application/x-www-form-urlencoded', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['nonsense', { 'content-type': ';;;' }],
    ['none', {}],
  ])('takes every type of content: %s', async (_name, headers) => {
    const { deliver, stored } = await start({ platform });
    const id = testId('evt');
    const body = oddBody(id, 'Zoë');
    expect((await deliver(body, '/stripe/webhook', headers)).status).toBe(200);
    expect(await stored(id)).toBe(body);
  });

  it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD'])('is not there for %s', async (method) => {
    const { baseUrl, count } = await start({ platform });
    const answer = await fetch(`${baseUrl}/stripe/webhook`, { method });
    expect([404, 405]).toContain(answer.status);
    expect(await count()).toBe(0);
  });

  it('is not there with webhookPath: false, and events can be added all the same', async () => {
    const { app, deliver, stored } = await start({ platform, stripe: { webhookPath: false } });
    expect((await deliver(oddBody(testId('evt')))).status).toBe(404);
    const added = { stripeId: testId('evt'), kind: 'invoice.paid', livemode: false, message: { id: 'in_1' } };
    await app.get(StripeEventActionService).add({ ...added, apiVersion: null });
    expect(await stored(added.stripeId)).toBe('{"id":"in_1"}');
  });

  it('is static beside options that come from a factory', async () => {
    const stripe = StripeModule.forRootAsync({
      useFactory: () => Promise.resolve({ webhookSecret: ['whsec_of_before', SECRET], processing: false }),
      webhookPath: 'hooks',
    });
    await expectByteExact(await start({ platform, stripe }), '/hooks');
  });
});

describe('the path of the webhook on express', () => {
  it('may end with a slash, be written in capitals, and come with a host', async () => {
    const { deliver, port } = await start({ platform: 'express' });
    expect((await deliver(oddBody(testId('evt')), '/stripe/webhook/')).status).toBe(200);
    expect((await deliver(oddBody(testId('evt')), '/Stripe/Webhook')).status).toBe(200);
    const body = oddBody(testId('evt'));
    const status = await new Promise((resolve, reject) => {
      const options = { port, method: 'POST', path: `http://shop.example/stripe/webhook`, headers: signatureOf(body) };
      request(options, (answer) => resolve(answer.resume().statusCode))
        .on('error', reject)
        .end(body);
    });
    expect(status).toBe(200);
  });
});

describe('the path of the webhook on fastify', () => {
  it('may end with a slash where the application says so', async () => {
    const adapter = new FastifyAdapter({ routerOptions: { ignoreTrailingSlash: true } });
    await expectByteExact(await start({ platform: 'fastify', adapter }), '/stripe/webhook/');
  });
});

describe('an application without HTTP', () => {
  it('starts with the module in it, and adds events', async () => {
    const database = await databases[0]!.create();
    const orm = { autoLoadEntities: true, migrations: STRIPE_MIGRATIONS, migrationsRun: true };
    const imports = [
      TypeOrmModule.forRoot({ ...database.dataSourceOptions(), ...orm }),
      StripeModule.forRoot({ webhookSecret: SECRET }),
    ];
    const root = { module: class ScriptApplication {}, imports };
    const context = await NestFactory.createApplicationContext(root, { logger: false, abortOnError: false });
    const added = { stripeId: testId('evt'), kind: 'invoice.paid', livemode: false, apiVersion: null, message: {} };
    expect(await context.get(StripeEventActionService).add(added)).toMatchObject({ isNew: true });
    await context.close();
    await database.drop();
  });
});
