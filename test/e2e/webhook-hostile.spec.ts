import { gzipSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { testId } from 'nestjs-stripe-events/testing';
import { LogLines } from '../support/log-lines';
import { platforms } from '../support/platforms';
import { headOf, parseAnswer, RawConnection, rawPost } from '../support/raw-http';
import { signatureOf, startWebhookApp, type WebhookApp } from '../support/webhook-app';
import { oddBody } from './byte-exact';

const PATH = '/stripe/webhook';
const LIMIT = 100_000;
const MIB = 1024 * 1024;

// A promise that is rejected and forgotten fails the test in which it happens: jest sees to that.
describe.each(platforms)('the webhook on $name', ({ name: platform }) => {
  let webhook: WebhookApp;
  let logger: LogLines;

  beforeEach(async () => {
    logger = new LogLines();
    webhook = await startWebhookApp({ platform, app: { logger }, stripe: { maxBodyBytes: LIMIT } });
  });

  afterEach(() => webhook.close());

  function signed(body: Uint8Array | string): [string, string] {
    return ['Stripe-Signature', signatureOf(body)['stripe-signature']];
  }

  async function expectStillGood(): Promise<void> {
    const id = testId('evt');
    const body = oddBody(id);
    expect((await webhook.deliver(body)).status).toBe(200);
    expect(await webhook.stored(id)).toBe(body);
  }

  it('takes a body of the limit, and refuses one that is a byte longer', async () => {
    const fill = LIMIT - oddBody(testId('evt')).length;
    expect((await webhook.deliver(oddBody(testId('evt'), 'x'.repeat(fill)))).status).toBe(200);
    const answer = await webhook.deliver(oddBody(testId('evt'), 'x'.repeat(fill + 1)));
    expect([answer.status, await answer.json()]).toMatchObject([
      413,
      { statusCode: 413, code: 'STRIPE_EVENTS_BODY_TOO_LARGE' },
    ]);
    expect(await webhook.count()).toBe(1);
  });

  it('refuses a length over the limit before a byte of it came', async () => {
    const connection = new RawConnection(webhook.port);
    await connection.send(
      headOf(PATH, [
        ['Content-Length', String(LIMIT + 1)],
        ['Connection', 'close'],
      ]),
    );
    await connection.closed;
    expect(parseAnswer(connection.answer).status).toBe(413);
    await expectStillGood();
  });

  it('takes in no more of a body than is said to be there', async () => {
    const body = oddBody(testId('evt'));
    const connection = new RawConnection(webhook.port);
    await connection.send(headOf(PATH, [['Content-Length', '10'], signed(body)]));
    await connection.send(body);
    await connection.closed;
    expect(parseAnswer(connection.answer).status).toBe(400);
    expect(await webhook.count()).toBe(0);
  });

  it('takes a body in chunks, and one that waits for leave to come', async () => {
    const [chunked, expecting] = [oddBody(testId('evt')), oddBody(testId('evt'))];
    const connection = new RawConnection(webhook.port);
    await connection.send(headOf(PATH, [['Transfer-Encoding', 'chunked'], signed(chunked)]));
    for (const byte of chunked) {
      await connection.send(`1\r\n${byte}\r\n`);
    }
    await connection.send('0\r\n\r\n');
    const length: [string, string] = ['Content-Length', String(expecting.length)];
    await connection.send(
      headOf(PATH, [length, ['Expect', '100-continue'], ['Connection', 'close'], signed(expecting)]),
    );
    await connection.send(expecting);
    await connection.closed;
    expect(connection.answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 100', 'HTTP/1.1 200']);
    expect(await webhook.count()).toBe(2);
  });

  it('cuts off a body that does not end', async () => {
    const connection = new RawConnection(webhook.port);
    await connection.send(headOf(PATH, [['Transfer-Encoding', 'chunked']]));
    const chunk = Buffer.from(`10000\r\n${'x'.repeat(0x10000)}\r\n`);
    let sent = 0;
    while (connection.open && sent < 64 * MIB) {
      await connection.send(chunk);
      sent += chunk.length;
    }
    expect(parseAnswer(connection.answer)).toMatchObject({ status: 413 });
    // What it takes in before it hangs up, and what the sockets hold in between.
    expect(sent).toBeLessThan(32 * MIB);
    await expectStillGood();
  });

  it('keeps nothing of a body whose sender vanished', async () => {
    const body = oddBody(testId('evt'));
    for (const framing of [
      ['Content-Length', String(body.length)],
      ['Transfer-Encoding', 'chunked'],
    ] as const) {
      const connection = new RawConnection(webhook.port);
      await connection.send(headOf(PATH, [framing, signed(body)]));
      await connection.send(framing[0] === 'Content-Length' ? body.slice(0, 50) : `32\r\n${body.slice(0, 50)}\r\n`);
      connection.cut();
      expect(await logger.line('refused: incomplete_payload')).toMatch(/^warn/);
      logger.lines.length = 0;
    }
    expect(await webhook.count()).toBe(0);
    await expectStillGood();
  });

  it('never inflates a body', async () => {
    const body = oddBody(testId('evt'));
    const headers = { 'content-encoding': 'gzip', 'content-type': 'application/json' };
    const bomb = gzipSync(Buffer.alloc(40 * MIB, ' '));
    const answer = await rawPost(webhook.port, PATH, [['Content-Encoding', 'gzip'], signed(body)], gzipSync(body));
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('STRIPE_EVENTS_SIGNATURE_INVALID') });
    expect((await webhook.deliver(bomb, PATH, headers)).status).toBe(200);
    // Signed as it stands, it is kept as it stands: no event.
    const stored = await webhook.stored(`sha256:${createHash('sha256').update(bomb).digest('hex')}`);
    expect(Buffer.from(stored ?? '', 'latin1').equals(bomb)).toBe(true);
    expect(await webhook.count()).toBe(1);
  });

  it('reads several signature headers as one', async () => {
    const forged = 't=1,v1=forged';
    const post = async (...signatures: string[]): Promise<number> => {
      const body = Buffer.from(oddBody(testId('evt')));
      const lines = signatures.map(
        (value) => ['stripe-signature', value === 'right' ? signed(body)[1] : value] as const,
      );
      return (await rawPost(webhook.port, PATH, lines, body)).status;
    };
    expect(await post('right', forged)).toBe(200);
    expect(await post('right', 'right')).toBe(200);
    expect(await post(forged, 'right')).toBe(400);
    expect(await post(forged, forged)).toBe(400);
    expect(await post('', '')).toBe(400);
  });

  it.each([
    [8_000, 400],
    [15_000, 400],
    [17_000, 431],
  ])('refuses a signature header of %i characters with %i', async (length, status) => {
    const body = Buffer.from(oddBody(testId('evt')));
    const [, right] = signed(body);
    const long = `t=1${',v1=00'.repeat(4_000)}`.slice(0, length - right.length - 1);
    expect((await rawPost(webhook.port, PATH, [['Stripe-Signature', `${long},${right}`]], body)).status).toBe(status);
    expect(await webhook.count()).toBe(0);
    await expectStillGood();
  });
});
