import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { testId } from 'nestjs-stripe-events/testing';
import { DataSource } from 'typeorm';
import { LogLines } from '../support/log-lines';
import { platforms } from '../support/platforms';
import { headOf, RawConnection } from '../support/raw-http';
import { signatureOf, startWebhookApp, type WebhookApp } from '../support/webhook-app';
import { oddBody } from './byte-exact';
import { FailingAfterwards } from './global-enhancers';

const PATH = '/stripe/webhook';
const LIMIT = 20_000;
const SIGNING = 'whsec_canarySigning0123456789';
const CANARIES = [
  ...['whsec_canary', 'sk_live_canary', 'rk_live_canary', 'canary@example.com', '4242 canary', 'canary-cookie'],
  ...['pi_1_secret_canary', 'Bearer canary', 'canaryKey'],
];
const CANARY_TEXT =
  'whsec_canaryBody01234 sk_live_canary0123456789 rk_live_canary0123456789 canary@example.com 4242 canary ' +
  'pi_1_secret_canary0123456789 Bearer canary0123456789 canaryKey';

describe.each(platforms)('what the webhook on $name tells of deliveries', ({ name: platform }) => {
  let webhook: WebhookApp;
  let logger: LogLines;
  const answers: string[] = [];

  beforeEach(async () => {
    logger = new LogLines();
    webhook = await startWebhookApp({
      platform,
      app: { logger },
      stripe: { webhookSecret: [SIGNING, 'whsec_canaryOther0123456789'], maxBodyBytes: LIMIT },
    });
  });
  afterEach(() => webhook.close());

  /** Delivers it with a header that holds canaries too, and keeps the whole answer. */
  async function deliver(body: string, headers: Record<string, string> = signatureOf(body, SIGNING)): Promise<number> {
    const answer = await fetch(`${webhook.baseUrl}${PATH}?key=sk_live_canaryQuery0123456789`, {
      method: 'POST',
      body,
      headers: { cookie: 'canary-cookie=canary', authorization: 'Bearer canary0123456789', ...headers },
    });
    answers.push(JSON.stringify([...answer.headers]), await answer.text());
    return answer.status;
  }

  function canariesIn(texts: readonly string[]): string[] {
    return CANARIES.filter((canary) => texts.some((text) => text.includes(canary)));
  }

  it('says that they were refused, without a word of them', async () => {
    const event = oddBody(testId('evt'), CANARY_TEXT);
    expect(await deliver(event, {})).toBe(400);
    expect(await deliver(event, signatureOf(event, 'whsec_canaryForged0123456789'))).toBe(400);
    expect(await deliver(event, { 'stripe-signature': `t=1,v1=${CANARY_TEXT}` })).toBe(400);
    expect(await deliver(event, { 'stripe-signature': CANARY_TEXT })).toBe(400);
    expect(await deliver(oddBody(testId('evt'), CANARY_TEXT.repeat(200)))).toBe(413);
    const connection = new RawConnection(webhook.port);
    await connection.send(
      headOf(PATH, [
        ['Content-Length', '9000'],
        ['Stripe-Signature', CANARY_TEXT],
      ]),
    );
    await connection.send(event);
    connection.cut();
    await logger.line('incomplete_payload');

    const refused = [
      'no_header',
      'no_match',
      'no_match',
      'malformed_header',
      'STRIPE_EVENTS_BODY_TOO_LARGE',
      'incomplete_payload',
    ];
    const told = logger.lines.filter((line) => line.includes('refused'));
    expect(told).toEqual(refused.map((why) => expect.stringContaining(`A delivery was refused: ${why}`)));
    expect(canariesIn([...logger.lines, ...answers])).toEqual([]);
  });

  it('says that they are no events, without a word of them', async () => {
    for (const body of [
      CANARY_TEXT,
      `"${CANARY_TEXT}"`,
      `{"id":5,"x":"${CANARY_TEXT}"}`,
      `{"${CANARY_TEXT}`,
      `\0${CANARY_TEXT}`,
    ]) {
      expect(await deliver(body)).toBe(200);
    }

    expect(logger.lines.filter((line) => line.includes('signed but is no event'))).toHaveLength(5);
    expect(canariesIn([...logger.lines, ...answers])).toEqual([]);
  });

  it('says why they could not be stored, without a word of them', async () => {
    const dataSource = webhook.app.get(DataSource);
    // As a trigger of the application might, it tells all it knows.
    await dataSource.query(`CREATE TRIGGER refuse BEFORE INSERT ON stripe_event_payload BEGIN
      SELECT RAISE(ABORT, 'refused: ${CANARY_TEXT.replace('4242 canary', '').replace('canaryKey', '')}'); END`);
    expect(await deliver(oddBody(testId('evt'), CANARY_TEXT))).toBe(503);
    await dataSource.query('DROP TRIGGER refuse');
    await dataSource.query('ALTER TABLE stripe_event RENAME TO sk_live_canary0123456789');
    expect(await deliver(oddBody(testId('evt'), CANARY_TEXT))).toBe(503);

    const told = logger.lines.filter((line) => line.includes('A delivery was not stored'));
    expect(told).toEqual([
      expect.stringContaining('refused: whsec_[redacted]'),
      expect.stringContaining('no such table'),
    ]);
    expect(canariesIn([...logger.lines, ...answers])).toEqual([]);
  });

  it('says it also while somebody fills the log with refusals', async () => {
    for (let time = 0; time < 15; time += 1) {
      expect(await deliver('{}', {})).toBe(400);
    }
    await webhook.app.get(DataSource).query('DROP TABLE stripe_event');
    expect(await deliver(oddBody(testId('evt')))).toBe(503);

    expect(logger.lines.filter((line) => line.includes('refused'))).toHaveLength(10);
    expect(logger.lines.filter((line) => line.includes('A delivery was not stored'))).toHaveLength(1);
  });
});

describe.each(platforms)('an interceptor that fails after the answer, on $name', ({ name: platform }) => {
  const logger = new LogLines();
  let webhook: WebhookApp;

  beforeEach(async () => {
    const providers = [{ provide: APP_INTERCEPTOR, useClass: FailingAfterwards }];
    webhook = await startWebhookApp({ platform, app: { logger }, providers });
  });
  afterEach(() => webhook.close());

  it('is told apart from a delivery that was not stored, and leaves the connection alone', async () => {
    const connection = new RawConnection(webhook.port);
    const bodies = [oddBody(testId('evt')), oddBody(testId('evt'))];
    for (const [index, body] of bodies.entries()) {
      const last = index === bodies.length - 1;
      const headers = {
        ...signatureOf(body),
        'Content-Length': String(body.length),
        ...(last && { Connection: 'close' }),
      };
      await connection.send(headOf(PATH, Object.entries(headers)));
      await connection.send(body);
      await logger.line('failed after a delivery was answered: Error: too late');
    }
    await connection.closed;

    expect(connection.answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
    expect(logger.lines.filter((line) => line.includes('not stored'))).toEqual([]);
  });
});
