import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildEvent, waitForEvent } from 'nestjs-stripe-events/testing';
import { EventEntity } from 'nestjs-stripe-events';
import { DataSource } from 'typeorm';
import { LedgerDatabase } from '../../src/database';
import { platforms } from '../support/platforms';
import { startObservedApp } from './observed-app';

type App = Awaited<ReturnType<typeof startObservedApp>>;

async function health(app: App, path = ''): Promise<{ status: number; details: unknown }> {
  const answer = await fetch(`${app.baseUrl}/health${path}`);
  return { status: answer.status, details: ((await answer.json()) as { details: unknown }).details };
}

describe.each(platforms)('a health check on $name', ({ name }) => {
  let app: App;

  beforeAll(async () => {
    app = await startObservedApp(name, { maxAttempts: 1 });
  });
  afterAll(() => app.close());

  it('is up where all is well', async () => {
    const facts = { dueAgeMs: null, due: 0, scheduled: 0, processing: 0, dead: 0 };
    const up = { status: 'up', database: 'up', worker: 'working', ...facts };
    expect(await health(app)).toEqual({ status: 200, details: { stripe: up } });
    expect(await health(app, '/strict')).toMatchObject({ status: 200 });
  });

  it('is down beyond a limit, where one is set', async () => {
    await app.deliver(JSON.stringify(buildEvent({ id: 'evt_failed', type: 'invoice.payment_failed' })));
    await waitForEvent(app.app, 'evt_failed', 'dead');

    expect(await health(app)).toMatchObject({ status: 200, details: { stripe: { status: 'up', dead: 1 } } });
    expect(await health(app, '/strict')).toMatchObject({
      status: 503,
      details: { stripe: { status: 'down', problems: ['there are too many dead letters'] } },
    });
  });

  it('is down with the database', async () => {
    await app.app.get(LedgerDatabase).close();

    expect(await health(app)).toMatchObject({
      status: 503,
      details: { stripe: { status: 'down', database: 'down', problems: ['the database does not answer'] } },
    });
  });
});

describe('a health check where events are not handled', () => {
  let app: App;

  beforeAll(async () => {
    app = await startObservedApp('express', false);
  });
  afterAll(() => app.close());

  it('knows how long an event has been due', async () => {
    await app.deliver(JSON.stringify(buildEvent({ id: 'evt_waits' })));
    const table = app.app.get(DataSource).getMetadata(EventEntity).tableName;
    await app.app.get(DataSource).query(`UPDATE ${table} SET next_attempt_at = next_attempt_at - 60000`);

    expect(await health(app)).toMatchObject({ status: 200, details: { stripe: { worker: 'none', due: 1 } } });
    expect(await health(app, '/strict')).toMatchObject({
      status: 503,
      details: { stripe: { problems: ['an event has been due for too long'], dueAgeMs: expect.any(Number) } },
    });
  });
});
