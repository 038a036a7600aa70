import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Body, Controller, Post, type INestApplication, type NestApplicationOptions } from '@nestjs/common';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import express from 'express';
import { testId } from 'nestjs-stripe-events/testing';
import { LogLines } from '../support/log-lines';
import { platforms, type Configure } from '../support/platforms';
import { startWebhookApp, type WebhookApp, type WebhookAppParts } from '../support/webhook-app';
import { expectByteExact, oddBody } from './byte-exact';

/** Routes of the application, one of which ends like the webhook's. */
@Controller()
class Orders {
  @Post('orders')
  order(@Body() body: unknown): unknown {
    return { got: body };
  }

  @Post('other/stripe/webhook')
  webhookOfItsOwn(@Body() body: unknown): unknown {
    return { got: Buffer.isBuffer(body) ? `${body.length} bytes` : body };
  }
}

let webhook: WebhookApp | undefined;

async function start(parts: WebhookAppParts): Promise<WebhookApp> {
  webhook = await startWebhookApp({ controllers: [Orders], ...parts });
  return webhook;
}

afterEach(async () => {
  await webhook?.close();
  webhook = undefined;
});

async function post(path: string, type: string, body: string): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${webhook?.baseUrl}${path}`, { method: 'POST', headers: { 'content-type': type }, body });
  return { status: answer.status, body: await answer.json() };
}

const express10kb: Configure = (app) => void (app as NestExpressApplication).useBodyParser('json', { limit: '10kb' });
const expressParsers: Configure = (app: INestApplication) => {
  app.use(express.json({ limit: '10kb' }), express.urlencoded({ extended: true }), express.text({ type: '*/*' }));
};
const fastify10kb: Configure = (app) => {
  (app as NestFastifyApplication).useBodyParser('application/json', { bodyLimit: 10_000 });
};
const fastifyParser: Configure = (app) => {
  const json = (_request: unknown, text: string, done: (error: null, value: unknown) => void): void => {
    done(null, { mine: JSON.parse(text) as unknown });
  };
  (app.getHttpAdapter() as FastifyAdapter)
    .getInstance()
    .addContentTypeParser('application/json', { parseAs: 'string' }, json);
};

const CREATED: [string, NestApplicationOptions][] = [
  ['with rawBody', { rawBody: true }],
  ['without rawBody', {}],
  ['without parsers', { bodyParser: false }],
];

describe.each(platforms)('a body, byte for byte, on $name', ({ name: platform }) => {
  it.each(CREATED)('in an application that is created %s', async (_name, app) => {
    await expectByteExact(await start({ platform, app }));
  });

  it.each([
    ['application/json', '{"a": [1,2]}', { a: [1, 2] }],
    ['application/x-www-form-urlencoded', 'a=1&b=2', { a: '1', b: '2' }],
  ])('leaves bodies of %s to the parsers of other routes', async (type, body, parsed) => {
    await start({ platform });
    expect(await post('/orders', type, body)).toEqual({ status: 201, body: { got: parsed } });
    expect(await post('/other/stripe/webhook', type, body)).toEqual({ status: 201, body: { got: parsed } });
  });

  it('leaves the limits and refusals of other routes as they are', async () => {
    await start({ platform, stripe: { maxBodyBytes: 1000 } });
    for (const path of ['/orders', '/other/stripe/webhook']) {
      expect(await post(path, 'application/json', '{"a":')).toMatchObject({ status: 400 });
      const long = JSON.stringify({ a: 'x'.repeat(5000) });
      expect(await post(path, 'application/json', long)).toEqual({
        status: 201,
        body: { got: JSON.parse(long) as unknown },
      });
    }
  });
});

describe('a body, byte for byte, beside the parsers of an application on express', () => {
  it.each([
    ['useBodyParser() with a small limit', {}, express10kb],
    ['useBodyParser() and rawBody', { rawBody: true, bodyParser: false }, express10kb],
    ['express.json(), urlencoded() and text() of its own', {}, expressParsers],
    ['express.raw() for everything', { bodyParser: false }, (app) => void app.use(express.raw({ type: '*/*' }))],
  ] satisfies [string, NestApplicationOptions, Configure][])('%s', async (_name, app, configure) => {
    await expectByteExact(await start({ platform: 'express', app, configure }));
  });

  it('which for a webhook of its own is express.raw()', async () => {
    const configure: Configure = (app) => void app.use('/other/stripe/webhook', express.raw({ type: '*/*' }));
    await expectByteExact(await start({ platform: 'express', configure }));
    expect(await post('/other/stripe/webhook', 'application/json', '{"a": 1}')).toEqual({
      status: 201,
      body: { got: '8 bytes' },
    });
  });
});

describe('a body, byte for byte, beside the parsers of an application on fastify', () => {
  it.each([
    ['useBodyParser() with a small limit', {}, fastify10kb],
    ['a content type parser of its own', { bodyParser: false }, fastifyParser],
    ['a parser for everything', {}, (app) => void (app as NestFastifyApplication).useBodyParser('*', {})],
  ] satisfies [string, NestApplicationOptions, Configure][])('%s', async (_name, app, configure) => {
    await expectByteExact(await start({ platform: 'fastify', app, configure }));
  });

  it('a bodyLimit of a kilobyte', async () => {
    await expectByteExact(await start({ platform: 'fastify', adapter: new FastifyAdapter({ bodyLimit: 1024 }) }));
    expect(await post('/orders', 'application/json', JSON.stringify('x'.repeat(2000)))).toMatchObject({ status: 413 });
  });

  it('a hook that passes the body on as another stream', async () => {
    const configure: Configure = (app) => {
      const fastify = (app.getHttpAdapter() as FastifyAdapter).getInstance();
      fastify.addHook('preParsing', async (_request, _reply, payload) => payload.pipe(new PassThrough()));
    };
    await expectByteExact(await start({ platform: 'fastify', configure }));
  });
});

describe.each(platforms)('a body that has been read before, on $name', ({ name: platform }) => {
  /** Starts an application whose parser comes before everything that Nest registers. */
  function startReading(parser: express.RequestHandler, logger = new LogLines()): Promise<WebhookApp> {
    return platform === 'express'
      ? start({ platform, app: { logger }, adapter: new ExpressAdapter(express().use(parser)) })
      : start({ platform, app: { logger }, configure: (app) => void app.use(parser) });
  }

  it('is refused at once, with the code that tells why, and the log that tells the ways out', async () => {
    const logger = new LogLines();
    const { deliver, count } = await startReading(express.json(), logger);

    const answer = await deliver(oddBody(testId('evt')));

    expect([answer.status, await answer.json()]).toMatchObject([500, { code: 'STRIPE_EVENTS_RAW_BODY_MISSING' }]);
    expect(await logger.line('A delivery was not stored')).toContain('keep the bytes as request.rawBody');
    expect(await count()).toBe(0);
  });

  it('is taken as rawBody from who has read it', async () => {
    const verify = (request: object, _response: unknown, bytes: Buffer): void => {
      Object.assign(request, { rawBody: bytes });
    };
    await expectByteExact(await startReading(express.json({ verify, limit: '2mb' })));
  });
});
