import { createServer, type AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DataSource } from 'typeorm';
import { buildEvent, signedDelivery, testId } from 'nestjs-stripe-events/testing';
import { databases } from '../support/databases';
import { startPostgresServer } from '../support/embedded-postgres';
import { waitUntil } from '../support/wait-until';
import {
  ADMIN_TOKEN,
  buildDemo,
  killDemoProcesses,
  npmStart,
  runDemo,
  SECRET,
  startApplication,
  type DemoProcess,
} from './demo-process';

jest.setTimeout(180_000);

const MEMORY = { DATABASE_URL: 'sqlite::memory:' };
const PLATFORMS = ['express', 'fastify'].map((name) => ({ name }));
const MARKED = 'this-is-only-in-the-body';

beforeAll(buildDemo);
afterEach(killDemoProcesses);

function post(baseUrl: string, event: unknown, secret = SECRET): Promise<Response> {
  return fetch(`${baseUrl}/stripe/webhook`, { method: 'POST', ...signedDelivery(event, secret) });
}

function health(baseUrl: string): Promise<number> {
  return fetch(`${baseUrl}/health`).then(({ status }) => status);
}

interface LogLine {
  readonly context?: string;
  readonly message: unknown;
  readonly method?: string;
  readonly path?: string;
  readonly statusCode?: number;
  readonly durationMs?: number;
}

function logLines(app: DemoProcess): LogLine[] {
  return app
    .stdout()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as LogLine);
}

describe.each(PLATFORMS)('npm start on $name', ({ name }) => {
  it('says where the webhook and the administration are, and ends with code 0 when it is told to', async () => {
    const app = await startApplication({ ...MEMORY, HTTP_PLATFORM: name, STRIPE_SECRET_KEY: 'sk_test_given' });

    expect(app.stdout()).toContain(`Webhook: POST ${app.baseUrl}/stripe/webhook`);
    expect(app.stdout()).toContain(`Admin API: GET ${app.baseUrl}/stripe/admin/events`);
    expect(app.stdout()).not.toContain('is not set');
    expect(app.stdout()).not.toContain('\u001b');
    expect(await health(app.baseUrl)).toBe(200);
    await post(app.baseUrl, buildEvent());
    expect(await app.end('SIGINT')).toEqual({ code: 0, signal: null });
  });

  it('logs one JSON line a request in production, with its status, and nothing that was sent', async () => {
    const app = await startApplication({ ...MEMORY, HTTP_PLATFORM: name, NODE_ENV: 'production' });
    const event = buildEvent({ object: { id: testId('in'), object: 'invoice', description: MARKED } });
    const get = (path: string, headers: Record<string, string> = {}) => fetch(`${app.baseUrl}${path}`, { headers });

    await post(app.baseUrl, event);
    await post(app.baseUrl, event);
    await post(app.baseUrl, event, 'whsec_of_somebody_else');
    await post(app.baseUrl, MARKED.repeat(100_000));
    await get('/stripe/admin/events', { authorization: 'Bearer a-wrong-token' });
    await get('/stripe/admin/events?q=somebody@example.com', { authorization: `Bearer ${ADMIN_TOKEN}` });
    await get('/nowhere');

    const requests = (): LogLine[] => logLines(app).filter(({ context }) => context === 'Http');
    await waitUntil('every request has its line', () => requests().length === 7);
    expect(requests().map(({ method, path, statusCode }) => [method, path, statusCode])).toEqual([
      ['POST', '/stripe/webhook', 200],
      ['POST', '/stripe/webhook', 200],
      ['POST', '/stripe/webhook', 400],
      ['POST', '/stripe/webhook', 413],
      ['GET', '/stripe/admin/events', 401],
      ['GET', '/stripe/admin/events', 200],
      ['GET', '/nowhere', 404],
    ]);
    expect(requests().every(({ durationMs }) => Number.isInteger(durationMs))).toBe(true);
    expect(logLines(app)).toContainEqual(
      expect.objectContaining({ level: 'warn', message: 'A delivery was refused: no_match', reason: 'no_match' }),
    );
    const written = app.stdout() + app.stderr();
    for (const kept of [MARKED, SECRET, ADMIN_TOKEN, 'a-wrong-token', 'v1=', 'somebody@example.com']) {
      expect(written).not.toContain(kept);
    }
  });
});

describe('npm start', () => {
  it('hands the signal on: npm itself ends with code 0', async () => {
    const app = await npmStart(MEMORY);

    expect(await app.end('SIGTERM')).toEqual({ code: 0, signal: null });
    await expect(health(app.baseUrl)).rejects.toThrow();
  });

  it('says what was made up, with a token that opens the administration', async () => {
    const app = await startApplication({ ...MEMORY, STRIPE_ADMIN_TOKEN: undefined, STRIPE_WEBHOOK_SECRET: undefined });
    const token = /token of this run is (\S+)/.exec(app.stdout())?.[1] ?? '';
    const secret = /made-up one, which is public, is (\S+)/.exec(app.stdout())?.[1] ?? '';

    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${app.baseUrl}/stripe/admin/events`, { headers })).status).toBe(200);
    expect((await post(app.baseUrl, buildEvent(), secret)).status).toBe(200);
    expect(app.stdout()).toContain('STRIPE_SECRET_KEY is not set');
  });

  it.each([
    ['a bad PORT', { PORT: 'abc' }, 'PORT must be a whole number from 0 (any free port) to 65535, not "abc".'],
    ['a queue', { QUEUE_URL: 'redis://127.0.0.1' }, 'QUEUE_URL is reserved for BullMQ'],
    ['a database that does not answer', { DATABASE_URL: 'postgres://u:hidden@127.0.0.1:1/d' }, 'ECONNREFUSED'],
  ])('ends with code 1 and a sentence for %s', async (_title, env, sentence) => {
    const { code, stdout, stderr } = await runDemo(['main'], { ...MEMORY, ...env });

    expect(code).toBe(1);
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stdout + stderr).not.toContain('hidden');
  });

  it('ends with code 1, and nothing left open, when the port is taken', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;

    const { code, stderr } = await runDemo(['main'], { ...MEMORY, PORT: String(port) });

    expect(code).toBe(1);
    expect(stderr).toContain('Set PORT to a port that is free.');
    await new Promise((resolve) => taken.close(resolve));
  });

  it('answers 503 on /health while its database is away, and 200 when it is back', async () => {
    const server = await startPostgresServer();
    const app = await startApplication({ DATABASE_URL: server.url });
    expect(await health(app.baseUrl)).toBe(200);

    await server.stop('immediate');
    await waitUntil('/health answers 503', async () => (await health(app.baseUrl)) === 503);
    await server.restart();
    await waitUntil('/health answers 200', async () => (await health(app.baseUrl)) === 200);

    expect((await post(app.baseUrl, buildEvent())).status).toBe(200);
    expect((await app.end('SIGTERM')).code).toBe(0);
    await server.remove();
  });
});

describe('the roles of npm start', () => {
  it('web receives and leaves the events to worker, which receives nothing', async () => {
    const database = await databases[0]!.create();
    const watching = await new DataSource(database.dataSourceOptions()).initialize();
    const event = buildEvent({ object: { id: testId('in'), object: 'invoice', customer: testId('cus') } });
    const seen = async (): Promise<unknown> =>
      (await watching.query<object[]>('SELECT stripe_id AS id, status, attempts FROM stripe_event'))[0];

    const web = await startApplication({ DATABASE_URL: database.url, ROLE: 'web' });
    expect((await post(web.baseUrl, event)).status).toBe(200);
    expect((await web.end('SIGTERM')).code).toBe(0);
    expect(await seen()).toEqual({ id: event.id, status: 'pending', attempts: 0 });

    const worker = await startApplication({ DATABASE_URL: database.url, ROLE: 'worker' });
    await waitUntil(
      'the worker has handled it',
      async () => ((await seen()) as { status: string }).status === 'succeeded',
    );
    expect(await health(worker.baseUrl)).toBe(200);
    expect((await post(worker.baseUrl, buildEvent())).status).toBe(404);
    expect(worker.stdout()).not.toContain('Webhook: POST');
    expect((await worker.end('SIGTERM')).code).toBe(0);
    await watching.destroy();
    await database.drop();
  });
});

describe.each(databases)('the roles of npm start on $name', ({ create }) => {
  it('start together on a new database, and work on it together', async () => {
    const database = await create();
    const env = { DATABASE_URL: database.url };
    const [web, worker] = await Promise.all([
      startApplication({ ...env, ROLE: 'web' }),
      startApplication({ ...env, ROLE: 'worker' }),
    ]);
    const event = buildEvent();
    await post(web.baseUrl, event);

    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const status = async (): Promise<unknown> => {
      const answer = await fetch(`${web.baseUrl}/stripe/admin/events/${String(event.id)}`, { headers });
      return ((await answer.json()) as { status: string }).status;
    };
    await waitUntil('the worker has handled what web received', async () => (await status()) === 'succeeded');
    expect([(await web.end('SIGTERM')).code, (await worker.end('SIGTERM')).code]).toEqual([0, 0]);
    await database.drop();
  });
});
