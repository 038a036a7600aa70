import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { CustomerOwners } from 'nestjs-stripe-events';
import { buildEvent, testId } from 'nestjs-stripe-events/testing';
import { databases } from '../support/databases';
import { ADMIN_TOKEN, startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { routesBelow } from './admin-routes';

const database = databases[0]!;
const UNAUTHORIZED = {
  statusCode: 401,
  code: 'STRIPE_EVENTS_UNAUTHORIZED',
  message: 'Send the admin token: "Authorization: Bearer <token>".',
};
const EVENT_FIELDS = [
  ...[
    'account',
    'apiVersion',
    'attempts',
    'createdAt',
    'customer',
    'endpoint',
    'ignoredReason',
    'kind',
    'lastError',
    'livemode',
  ],
  ...['nextAttemptAt', 'objectId', 'objectType', 'processedAt', 'receivedAt', 'source', 'status', 'stripeId'],
];

type Json = Record<string, unknown>;
interface PageOf<Item> {
  data: Item[];
  nextCursor: string | null;
}

describe.each(platforms)('the administration on $name', (platform) => {
  let ledger: LedgerApp;

  beforeAll(async () => {
    ledger = await startLedgerApp({ database, platform, stripe: { processing: false } });
  });
  afterAll(() => ledger.close());
  afterEach(async () => {
    for (const table of ['stripe_event', 'stripe_event_payload', 'stripe_event_handler_run', 'stripe_customer']) {
      await ledger.dataSource.query(`DELETE FROM ${table}`);
    }
  });

  async function get<Body = Json>(path: string, status = 200): Promise<Body> {
    const answer = await ledger.admin(path);
    const body = (await answer.json()) as Body;
    expect([answer.status, body]).toEqual([status, expect.anything()]);
    return body;
  }

  async function post(path: string, body: unknown, status: number): Promise<Json> {
    const answer = await ledger.admin(path, { method: 'POST', body: JSON.stringify(body) });
    const answered = (await answer.json()) as Json;
    expect([answer.status, answered]).toEqual([status, expect.anything()]);
    return answered;
  }

  async function idsOf(path: string): Promise<unknown[]> {
    return (await get<PageOf<Json>>(path)).data.map(({ stripeId }) => stripeId);
  }

  async function settle(stripeId: unknown, status: string): Promise<void> {
    const sql = `UPDATE stripe_event SET status = ?, next_attempt_at = NULL, processed_at = 1 WHERE stripe_id = ?`;
    await ledger.dataSource.query(sql, [status, stripeId]);
  }

  describe('lets nobody in', () => {
    it('on any of its routes, without the token', async () => {
      const routes = routesBelow(ledger.app, '/stripe/admin');
      expect(routes.length).toBeGreaterThanOrEqual(8);
      for (const { method, path } of routes) {
        for (const authorization of [
          '',
          'Bearer',
          'Bearer ',
          'Bearer wrong',
          `Basic ${ADMIN_TOKEN}`,
          `Bearer ${ADMIN_TOKEN}x`,
        ]) {
          const answer = await fetch(ledger.baseUrl + path, { method, headers: { authorization } });
          expect([method, path, answer.status, await answer.json()]).toEqual([method, path, 401, UNAUTHORIZED]);
          expect(answer.headers.get('www-authenticate')).toBe('Bearer');
          expect(answer.headers.get('cache-control')).toBe('no-store');
        }
      }
    });

    it('that has the token in the address', async () => {
      const answer = await fetch(`${ledger.baseUrl}/stripe/admin/events?token=${ADMIN_TOKEN}`);
      expect(answer.status).toBe(401);
    });

    it('before the parameters are looked at', async () => {
      const answer = await fetch(`${ledger.baseUrl}/stripe/admin/events?limit=x&nonsense=1`);
      expect(await answer.json()).toEqual(UNAUTHORIZED);
    });
  });

  describe('GET events', () => {
    it('lists events, newest first, with the documented fields', async () => {
      const older = buildEvent({
        object: { id: 'in_1', object: 'invoice', customer: 'cus_1' },
        created: 1_700_000_000,
      });
      const newer = buildEvent({ type: 'charge.failed' });
      await ledger.deliver(older);
      await ledger.deliver(newer);

      const { data, nextCursor } = await get<PageOf<Json>>('events');

      expect(data.map(({ stripeId }) => stripeId)).toEqual([newer.id, older.id]);
      expect(Object.keys(data[1]!).sort()).toEqual(EVENT_FIELDS);
      expect(data[1]).toMatchObject({
        ...{ kind: 'invoice.paid', status: 'pending', customer: 'cus_1', objectId: 'in_1', objectType: 'invoice' },
        ...{
          createdAt: '2023-11-14T22:13:20.000Z',
          processedAt: null,
          attempts: 0,
          source: 'webhook',
          livemode: false,
        },
      });
      expect(data[1]?.['receivedAt']).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
      expect(nextCursor).toBeNull();
    });

    it('is told what to list', async () => {
      const wanted = buildEvent({ type: 'customer.created', object: { id: 'cus_9', object: 'customer' } });
      await ledger.deliver(wanted);
      await ledger.deliver(buildEvent({ livemode: true }));
      const tomorrow = new Date(Date.now() + 86_400_000).toISOString();

      for (const query of [
        ...['kind=customer.created', 'kind=customer.*', 'livemode=false', 'customer=cus_9', 'object=cus_9', 'q=cus_'],
        `q=${String(wanted.id)}&status=pending&source=webhook&from=2020-01-01&to=${encodeURIComponent(tomorrow)}`,
      ]) {
        expect([query, await idsOf(`events?${query}`)]).toEqual([query, [wanted.id]]);
      }
      expect(await idsOf('events?status=dead')).toEqual([]);
      expect(await idsOf(`events?from=${encodeURIComponent(tomorrow)}`)).toEqual([]);
    });

    it('goes on from page to page', async () => {
      const events = Array.from({ length: 5 }, () => buildEvent());
      for (const event of events) {
        await ledger.deliver(event);
      }
      const first = await get<PageOf<Json>>('events?limit=3');
      const second = await get<PageOf<Json>>(`events?limit=3&cursor=${String(first.nextCursor)}`);
      expect([...first.data, ...second.data].map(({ stripeId }) => stripeId)).toEqual(
        events.map(({ id }) => id).reverse(),
      );
      expect(second.nextCursor).toBeNull();
    });

    it.each([
      ...[`'`, '"', '`', ';', '--', '%', '_', `' OR '1'='1`, `'); DROP TABLE stripe_event; --`, '\\', '!', '<script>'],
    ])('takes the filter %s for nothing but text', async (text) => {
      await ledger.deliver(buildEvent());
      const value = encodeURIComponent(text);
      for (const name of ['q', 'customer', 'account', 'object']) {
        expect(await idsOf(`events?${name}=${value}`)).toEqual([]);
      }
      expect(await idsOf('events')).toHaveLength(1);
    });

    it.each([
      ['offset=1', '"offset" is not a known parameter'],
      ['sort=canary', '"sort" is not a known parameter'],
      ['kind[]=canary', '"kind[]" is not a known parameter|kind must be'],
      ['kind=canary&kind=b', 'kind must be an event type'],
      ['q[$ne]=canary', 'is not a known parameter|q must be'],
      ['limit=0', 'limit must be a whole number from 1 to 100'],
      ['limit=101', 'limit must be'],
      ['livemode=canary', 'livemode must be true or false'],
      ['status=canary', 'status must be one of: pending, processing, succeeded, dead, ignored'],
      ['source=canary', 'source must be one of: webhook, catch-up, manual'],
      ['from=canary', 'from must be a date'],
      ['cursor=canary', 'cursor must be the nextCursor of the page before'],
      ['q=canary%00', 'q must be a text'],
    ])('refuses %s', async (query, problem) => {
      const body = await get(`events?${query}`, 400);
      expect(body).toMatchObject({ statusCode: 400, code: 'STRIPE_EVENTS_INVALID_REQUEST' });
      expect(Object.keys(body)).toEqual(['statusCode', 'code', 'message']);
      expect(body['message']).toMatch(new RegExp(problem.replaceAll(/[[\]]/g, '\\$&')));
      expect(body['message']).not.toContain('canary');
    });
  });

  describe('GET events/:stripeId', () => {
    it('shows the event with its body and its runs', async () => {
      const event = buildEvent();
      await ledger.deliver(event);
      const [row] = await ledger.dataSource.query<{ id: string }[]>('SELECT id FROM stripe_event');
      await ledger.dataSource.query(
        `INSERT INTO stripe_event_handler_run (event_id, handler, status, attempts, started_at, finished_at, duration_ms, error, earlier)
 VALUES (?, 'Billing.onPaid', 'failed', 2, 1000, 1500, 500, 'no', ?)`,
        [row?.id, JSON.stringify([{ attempt: 1, startedAtMs: 500, durationMs: 4, error: 'not yet' }])],
      );

      const body = await get(`events/${String(event.id)}`);

      expect(Object.keys(body).sort()).toEqual(
        [...EVENT_FIELDS, 'history', 'message', 'pendingWebhooks', 'replays', 'request', 'runs'].sort(),
      );
      expect(body).toMatchObject({
        message: event,
        pendingWebhooks: 1,
        request: event['request'],
        runs: [
          {
            ...{ handler: 'Billing.onPaid', status: 'failed', attempts: 2, durationMs: 500, error: 'no' },
            ...{ startedAt: '1970-01-01T00:00:01.000Z', finishedAt: '1970-01-01T00:00:01.500Z' },
          },
        ],
        replays: 0,
        history: [
          { attempt: 1, status: 'failed', startedAt: '1970-01-01T00:00:00.500Z', durationMs: 4, error: 'not yet' },
          { attempt: 2, status: 'failed', startedAt: '1970-01-01T00:00:01.000Z', durationMs: 500, error: 'no' },
        ].map((call) => ({ handler: 'Billing.onPaid', replay: 0, ...call })),
      });
    });

    it('finds ids with a colon, written as it is or encoded', async () => {
      await ledger.deliver('not an event');
      await ledger.deliver(buildEvent({ id: 'evt_00000000000000' }));
      const ids = (await idsOf('events')).map(String);
      expect(ids).toEqual([
        expect.stringMatching(/^evt_00000000000000:[0-9A-Z]{26}$/),
        expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      ]);
      for (const id of ids) {
        for (const written of [id, encodeURIComponent(id), id.replace(':', '%3a')]) {
          expect(await get(`events/${written}`)).toMatchObject({ stripeId: id });
        }
        expect(await post(`events/${encodeURIComponent(id)}/replay`, {}, 202)).toEqual({ replayed: 1 });
        expect(await post(`events/${id}/replay`, {}, 202)).toEqual({ replayed: 1 });
      }
    });

    it('shows a body with markup as JSON, never as a page', async () => {
      const metadata = { note: '</script><img src=x onerror=alert(1)>\u2028', link: 'javascript:alert(1)' };
      const event = buildEvent({ object: { id: testId('in'), object: 'invoice', metadata } });
      await ledger.deliver(event);

      const answer = await ledger.admin(`events/${String(event.id)}`, { headers: { accept: 'text/html' } });

      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(await answer.json()).toMatchObject({ message: event });
    });

    it('shows bodies that serialisers cannot hold', async () => {
      const deep = `{"id":"evt_deep","object":"event","deep":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
      await ledger.deliver(deep);
      expect(await get('events/evt_deep')).toMatchObject({ stripeId: 'evt_deep', message: deep });
    });

    it.each(['evt_unknown', 'evt%00', '%27%20OR%201=1--', '..%2f..%2fetc', '%F0%9F%98%80'])(
      'has nothing under %s',
      async (id) => {
        const body = await get(`events/${id}`, 404);
        expect(body).toEqual({
          statusCode: 404,
          code: 'STRIPE_EVENTS_EVENT_NOT_FOUND',
          message: 'No event is stored under this id.',
        });
      },
    );
  });

  describe('POST events/:stripeId/replay', () => {
    it('makes the event due again', async () => {
      const event = buildEvent();
      await ledger.deliver(event);
      await settle(event.id, 'dead');

      expect(await post(`events/${String(event.id)}/replay`, { handlers: ['Billing.onPaid'] }, 202)).toEqual({
        replayed: 1,
      });

      expect(await get(`events/${String(event.id)}`)).toMatchObject({ status: 'pending', processedAt: null });
    });

    it('needs no body', async () => {
      const event = buildEvent();
      await ledger.deliver(event);
      const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
      const path = `${ledger.baseUrl}/stripe/admin/events/${String(event.id)}/replay`;
      expect((await fetch(path, { method: 'POST', headers })).status).toBe(202);
    });

    it('says why it cannot', async () => {
      const event = buildEvent();
      await ledger.deliver(event);
      await settle(event.id, 'processing');
      const path = `events/${String(event.id)}/replay`;

      expect(await post(path, {}, 409)).toMatchObject({ code: 'STRIPE_EVENTS_EVENT_BUSY' });
      expect(await post('events/evt_unknown/replay', {}, 404)).toMatchObject({ code: 'STRIPE_EVENTS_EVENT_NOT_FOUND' });
      for (const body of [{ handlers: 'a' }, { handlers: [] }, { handlers: null }, { handler: ['a'] }, []]) {
        expect(await post(path, body, 400)).toMatchObject({ code: 'STRIPE_EVENTS_INVALID_REQUEST' });
      }
    });
  });

  describe('POST events/replay', () => {
    it('makes those events due again that are meant', async () => {
      const [dead, paid, other] = [buildEvent(), buildEvent(), buildEvent({ type: 'charge.failed' })];
      for (const event of [dead, paid, other]) {
        await ledger.deliver(event);
        await settle(event.id, event === dead ? 'dead' : 'succeeded');
      }
      expect(await post('events/replay', { status: 'dead' }, 202)).toEqual({ replayed: 1 });
      expect(await post('events/replay', { status: 'succeeded', kind: 'invoice.*', limit: 5 }, 202)).toEqual({
        replayed: 1,
      });
      expect(await post('events/replay', { from: '2020-01-01', to: '2020-01-02' }, 202)).toEqual({ replayed: 0 });
      expect(await get(`events/${String(other.id)}`)).toMatchObject({ status: 'succeeded' });
    });

    it.each([
      { status: null },
      { status: 'x' },
      { limit: 0 },
      { limit: 10_001 },
      { limit: '1.5' },
      { customer: 'cus_1' },
    ])('refuses %p, which would mean more events than was thought', async (body) => {
      expect(await post('events/replay', body, 400)).toMatchObject({ code: 'STRIPE_EVENTS_INVALID_REQUEST' });
    });
  });

  describe('POST events/:stripeId/customer', () => {
    it('links the event to a customer, known or not', async () => {
      const event = buildEvent({ account: 'acct_1' });
      await ledger.deliver(event);

      const body = await post(`events/${String(event.id)}/customer`, { customer: 'cus_new' }, 200);

      expect(Object.keys(body).sort()).toEqual(EVENT_FIELDS);
      expect(body).toMatchObject({ stripeId: event.id, customer: 'cus_new' });
      expect(await get('customers/cus_new')).toMatchObject({
        ...{ stripeId: 'cus_new', placeholder: true, account: 'acct_1', livemode: false },
        events: [{ stripeId: event.id, customer: 'cus_new' }],
      });
      await post(`events/${String(event.id)}/customer`, { customer: 'cus_new' }, 200);
      expect(await idsOf('customers')).toEqual(['cus_new']);
    });

    it('says why it cannot', async () => {
      const event = buildEvent();
      await ledger.deliver(event);
      expect(await post('events/evt_unknown/customer', { customer: 'cus_1' }, 404)).toMatchObject({ statusCode: 404 });
      for (const body of [{}, { customer: '' }, { customer: 'a\0' }, { customer: 7 }, { customer: 'cus_1', more: 1 }]) {
        await post(`events/${String(event.id)}/customer`, body, 400);
      }
      expect(await idsOf('customers')).toEqual([]);
    });
  });

  describe('GET customers', () => {
    beforeAll(async () => {
      await ledger.dataSource.query('DELETE FROM stripe_customer');
    });

    const insert = (id: string, stripeId: string, email: string | null, deletedAt: number | null): Promise<unknown> =>
      ledger.dataSource.query(
        `INSERT INTO stripe_customer (id, endpoint, stripe_id, livemode, email, deleted_at, owner_id, placeholder, metadata)
 VALUES (?, 'default', ?, 1, ?, ?, 'user-1', 0, '{"a":"<b>"}')`,
        [id.padEnd(26, '0'), stripeId, email, deletedAt],
      );

    it('lists those that are meant', async () => {
      await insert('1', 'cus_1', 'ada@example.com', null);
      await insert('2', 'cus_2', null, 1_000);
      expect(await idsOf('customers')).toEqual(['cus_2', 'cus_1']);
      for (const query of ['email=ada%40example.com', 'deleted=false', 'q=cus_1', 'q=ADA%40', 'owner=user-1&q=cus_1']) {
        expect([query, await idsOf(`customers?${query}`)]).toEqual([query, ['cus_1']]);
      }
      expect(await idsOf('customers?deleted=true&livemode=true')).toEqual(['cus_2']);
      expect(await idsOf(`customers?q=${encodeURIComponent(`'"\`;-- %_`)}`)).toEqual([]);
    });

    it('shows one', async () => {
      await insert('1', 'cus_1', 'ada@example.com', null);
      expect(await get('customers/cus_1')).toMatchObject({
        ...{ stripeId: 'cus_1', email: 'ada@example.com', ownerId: 'user-1', deletedAt: null, placeholder: false },
        ...{ metadata: { a: '<b>' }, events: [] },
      });
      expect(await get('customers/cus_2', 404)).toMatchObject({ code: 'STRIPE_EVENTS_CUSTOMER_NOT_FOUND' });
    });

    it('has an owner, who is not changed but by unlinking', async () => {
      await ledger.app.get(CustomerOwners).link({ id: 'cus_1', object: 'customer', livemode: true }, 'u1');
      const path = 'customers/cus_1/owner';

      expect(await post(path, { owner: 'u2' }, 409)).toMatchObject({ code: 'STRIPE_EVENTS_OWNER_TAKEN' });
      expect(await post(path, { owner: 'u2 ' }, 400)).toMatchObject({ code: 'STRIPE_EVENTS_INVALID_REQUEST' });
      expect(await (await ledger.admin(path, { method: 'DELETE', body: '{}' })).json()).toMatchObject({
        ownerId: null,
      });
      expect(await post(path, { owner: 'u2', replay: true }, 200)).toMatchObject({ stripeId: 'cus_1', ownerId: 'u2' });
      expect(await idsOf('customers?owner=u2')).toEqual(['cus_1']);
    });

    it.each(['deleted=1', 'limit=1000', 'cursor=x', 'name=x', 'email='])('refuses %s', async (query) => {
      expect(await get(`customers?${query}`, 400)).toMatchObject({ code: 'STRIPE_EVENTS_INVALID_REQUEST' });
    });
  });

  describe('GET stats', () => {
    it('counts what was received', async () => {
      await ledger.deliver(buildEvent());
      const stats = await get('stats?window=15m');
      expect(stats).toMatchObject({
        ...{
          window: '15m',
          bucketMs: 10_000,
          byKind: [{ kind: 'invoice.paid', count: 1 }],
          otherKinds: 0,
          handlers: [],
        },
        byStatus: { pending: 1, processing: 0, succeeded: 0, dead: 0, ignored: 0 },
        oldestDueAgeMs: expect.any(Number),
      });
      const buckets = stats['overTime'] as { from: string; pending: number }[];
      expect(buckets.length).toBeLessThanOrEqual(120);
      expect(buckets.reduce((sum, { pending }) => sum + pending, 0)).toBe(1);
      expect(buckets[0]?.from).toMatch(/Z$/);
      expect(await get('stats')).toMatchObject({ window: '24h' });
    });

    it.each(['window=1s', 'window=91d', 'window=', 'window=1h&window=2h', 'from=2020-01-01'])(
      'refuses %s',
      async (query) => {
        expect(await get(`stats?${query}`, 400)).toMatchObject({ code: 'STRIPE_EVENTS_INVALID_REQUEST' });
      },
    );
  });
});
