import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { buildEvent, waitForEvent } from 'nestjs-stripe-events/testing';
import { SECRET } from '../support/ledger-app';
import { METRICS_TOKEN, startObservedApp } from './observed-app';

const CANARIES = ['jane@example.com', 'whsec_canary', 'body_canary', SECRET, METRICS_TOKEN];
const object = { id: 'in_1', object: 'invoice', customer_email: 'jane@example.com', description: 'body_canary' };
const PAID = buildEvent({ id: 'evt_paid', type: 'invoice.paid', object });
const FAILED = buildEvent({ id: 'evt_failed', type: 'invoice.payment_failed', object });

describe('an application that is watched', () => {
  let app: Awaited<ReturnType<typeof startObservedApp>>;
  const about = (id: string, kind: string) => ({
    'stripe.event.id': id,
    'stripe.event.kind': kind,
    'stripe.endpoint': 'default',
  });

  beforeAll(async () => {
    app = await startObservedApp('express', { maxAttempts: 2, backoff: { baseMs: 0 }, sweepMs: 10 });
    const statuses = [];
    for (const [body, headers] of [
      [JSON.stringify(PAID)],
      [JSON.stringify(PAID)],
      [JSON.stringify(PAID), { 'stripe-signature': `t=${Math.floor(Date.now() / 1_000)},v1=${'0'.repeat(64)}` }],
      [JSON.stringify(FAILED)],
    ] as const) {
      statuses.push((await app.deliver(body, '/stripe/webhook', headers)).status);
    }
    expect(statuses).toEqual([200, 200, 400, 200]);
    await waitForEvent(app.app, 'evt_paid', 'succeeded');
    await app.logs.line('is a dead letter');
  });
  afterAll(() => app.close());

  it('counts deliveries by what became of them', async () => {
    const paid = { 'stripe.event.kind': 'invoice.paid', 'stripe.endpoint': 'default' };
    const failed = { 'stripe.event.kind': 'invoice.payment_failed', 'stripe.endpoint': 'default' };

    expect(await app.telemetry.values('stripe.events.deliveries')).toEqual([
      [{ 'stripe.delivery.outcome': 'stored', ...paid }, 1],
      [{ 'stripe.delivery.outcome': 'duplicate', ...paid }, 1],
      [{ 'stripe.delivery.outcome': 'refused', 'error.type': 'no_match' }, 1],
      [{ 'stripe.delivery.outcome': 'stored', ...failed }, 1],
    ]);
    expect((await app.telemetry.values('stripe.events.delivery.duration')).map(([, count]) => count)).toEqual([
      2, 1, 1,
    ]);
    expect(await app.telemetry.values('stripe.events.record.batch_size')).toEqual([[{}, 3]]);
    expect(await app.telemetry.values('stripe.events.record.duration')).toEqual([[{}, 3]]);
  });

  it('measures waiting and handling, and counts retries and dead letters', async () => {
    const handler = (id: string, outcome: string) => ({ 'stripe.handler.id': id, 'stripe.handler.outcome': outcome });
    const byHandler = await app.telemetry.values('stripe.events.handler.duration');
    const retried = { 'stripe.event.kind': 'invoice.payment_failed', 'stripe.endpoint': 'default' };

    expect(byHandler).toHaveLength(3);
    expect(byHandler).toEqual(
      expect.arrayContaining([
        [handler('count', 'succeeded'), 1],
        [handler('mail', 'failed'), 1],
        [handler('mail', 'dead'), 1],
      ]),
    );
    expect(await app.telemetry.values('stripe.events.claim.latency')).toEqual([[{}, 3]]);
    expect(await app.telemetry.values('stripe.events.retries')).toEqual([
      [{ ...retried, 'stripe.retry.reason': 'failed' }, 1],
    ]);
    expect(await app.telemetry.values('stripe.events.dead_letters')).toEqual([[{}, 1]]);
  });

  it('shows what waits in the ledger', async () => {
    expect(await app.telemetry.values('stripe.events.due.age')).toEqual([[{}, 0]]);
    expect(await app.telemetry.values('stripe.events.backlog')).toEqual([
      [{ 'stripe.event.state': 'due' }, 0],
      [{ 'stripe.event.state': 'scheduled' }, 0],
      [{ 'stripe.event.state': 'processing' }, 0],
      [{ 'stripe.event.state': 'dead' }, 1],
    ]);
  });

  it('makes a span of each delivery, within the request', () => {
    const requests = new Set(app.telemetry.span('HTTP').map((span) => span.spanContext().spanId));
    const deliveries = app.telemetry.span('stripe.delivery');

    expect(deliveries.map(({ attributes }) => attributes)).toEqual([
      { ...about('evt_paid', 'invoice.paid'), 'stripe.delivery.outcome': 'stored' },
      { ...about('evt_paid', 'invoice.paid'), 'stripe.delivery.outcome': 'duplicate' },
      { 'stripe.delivery.outcome': 'refused', 'error.type': 'no_match' },
      { ...about('evt_failed', 'invoice.payment_failed'), 'stripe.delivery.outcome': 'stored' },
    ]);
    expect(
      deliveries.every(({ kind, status }) => kind === SpanKind.PRODUCER && status.code === SpanStatusCode.UNSET),
    ).toBe(true);
    expect(deliveries.filter(({ parentSpanContext: parent }) => requests.has(parent?.spanId ?? ''))).toHaveLength(4);
  });

  it('makes a span of each call, linked to the delivery, with the application’s own spans in it', () => {
    const { telemetry } = app;
    const [handled] = telemetry.span('stripe.handler count');
    const [own] = telemetry.span('own work');
    const failures = telemetry.span('stripe.handler mail');
    const delivery = (id: string) =>
      telemetry.span('stripe.delivery', { 'stripe.event.id': id, 'stripe.delivery.outcome': 'stored' })[0];

    expect(handled?.attributes).toEqual({
      ...about('evt_paid', 'invoice.paid'),
      ...{ 'stripe.handler.id': 'count', 'stripe.handler.attempt': 1, 'stripe.handler.outcome': 'succeeded' },
    });
    expect(own?.parentSpanContext?.spanId).toBe(handled?.spanContext().spanId);
    expect(failures.map(({ attributes }) => [attributes['stripe.handler.attempt'], attributes['stripe.handler.outcome'], attributes['error.type']])).toEqual([[1, 'failed', 'TypeError'], [2, 'dead', 'TypeError']]); // prettier-ignore
    expect(failures.map(({ status }) => status)).toEqual(Array(2).fill({ code: SpanStatusCode.ERROR }));
    for (const [span, id] of [
      [handled, 'evt_paid'],
      [failures[0], 'evt_failed'],
      [failures[1], 'evt_failed'],
    ] as const) {
      // prettier-ignore
      expect(span?.kind).toBe(SpanKind.CONSUMER);
      expect(span?.parentSpanContext).toBeUndefined();
      expect(span?.links.map(({ context }) => context.spanId)).toEqual([delivery(id)?.spanContext().spanId]);
    }
  });

  it('logs what went well for debugging, what is tried again as a warning, and what is given up as an error', () => {
    const logged = app.logs.entries
      .filter(({ parts }) => parts.at(-1) === 'StripeEvents')
      .map(({ level, parts: [entry] }) => ({ level, ...(JSON.parse(JSON.stringify(entry)) as object) }));
    const failed = { eventId: 'evt_failed', kind: 'invoice.payment_failed', endpoint: 'default' };
    const call = { handler: 'mail', durationMs: expect.any(Number) };

    expect(logged).toEqual(
      expect.arrayContaining([
        { level: 'warn', message: 'A delivery was refused: no_match', reason: 'no_match' },
        {
          ...{ level: 'debug', eventId: 'evt_paid', kind: 'invoice.paid', endpoint: 'default' },
          ...{ handler: 'count', attempt: 1, durationMs: expect.any(Number) },
          message: expect.stringMatching(/^Handler count handled event evt_paid \(attempt 1, \d+ ms\)\.$/),
        },
        {
          ...{ level: 'warn', ...failed, ...call, attempt: 1, error: expect.stringContaining('TypeError: no mail') },
          message: expect.stringContaining('Handler mail failed on event evt_failed (attempt 1): TypeError: no mail'),
        },
        { level: 'warn', ...failed, ...call, attempt: 2, error: expect.any(String), message: expect.any(String) },
        {
          ...{ level: 'error', ...failed, attempts: 2, error: expect.stringContaining('TypeError: no mail') },
          message: expect.stringContaining('Event evt_failed is a dead letter: TypeError: no mail'),
        },
      ]),
    );
    expect(logged.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('can be scraped by Prometheus, with the token', async () => {
    const scrape = (token: string) =>
      fetch(`${app.baseUrl}/metrics`, { headers: { authorization: `Bearer ${token}` } });
    const answer = await scrape(METRICS_TOKEN);
    const text = await answer.text();

    const refused = await scrape('another');
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ code: 'STRIPE_EVENTS_UNAUTHORIZED' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const lines = text.split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        '# TYPE stripe_events_deliveries_total counter',
        'stripe_events_deliveries_total{stripe_delivery_outcome="refused",error_type="no_match"} 1',
        'stripe_events_dead_letters_total 1',
        'stripe_events_backlog{stripe_event_state="dead"} 1',
        'stripe_events_due_age 0',
        'stripe_events_handler_duration_count{stripe_handler_id="count",stripe_handler_outcome="succeeded"} 1',
      ]),
    );
  });

  it('shows nothing of a body, a secret or a person', async () => {
    const shown = JSON.stringify([
      app.telemetry.spans.map(({ name, attributes, events, status }) => ({ name, attributes, events, status })),
      await app.telemetry.metrics(),
      app.logs.lines,
      app.logs.entries,
    ]);

    expect(shown).toContain('evt_failed');
    expect(CANARIES.filter((canary) => shown.includes(canary))).toEqual([]);
  });
});
