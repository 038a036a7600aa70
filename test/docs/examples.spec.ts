import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplication, Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { buildEvent, signedDelivery, waitForEvent } from 'nestjs-stripe-events/testing';
import { DataSource } from 'typeorm';
import { platforms } from '../support/platforms';
import { Payment } from './application/payment.entity';
import { documents, readDocument } from './markdown';

const SECRET = 'whsec_of_the_example';
const TOKEN = 'token-of-the-example';
const EXAMPLE = './application/app.module';

describe('the examples that are files', () => {
  const repeated = documents().flatMap(({ path, blocks }) =>
    blocks.flatMap(({ file, code, line }) => (file === undefined ? [] : [{ place: `${path}:${line}`, file, code }])),
  );

  it.each(repeated)('$place repeats $file', ({ file, code }) => {
    expect(`${code}\n`).toBe(readFileSync(file, 'utf8'));
  });

  it('are those of the README, which is short', () => {
    const { blocks, text } = readDocument('README.md');

    expect(blocks.filter(({ language }) => language === 'ts').map(({ file }) => file)).toEqual([
      'test/docs/application/billing.ts',
      'test/docs/application/app.module.ts',
    ]);
    expect(text.split('\n').length).toBeLessThanOrEqual(250);
  });
});

describe.each(platforms)('the application of the README on $name', (platform) => {
  const before = process.cwd();
  let folder: string;
  let app: INestApplication | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'stripe-events-readme-'));
    process.env['STRIPE_WEBHOOK_SECRET'] = SECRET;
    process.env['STRIPE_ADMIN_TOKEN'] = TOKEN;
  });
  afterEach(async () => {
    await app?.close();
    process.chdir(before);
    rmSync(folder, { recursive: true, force: true });
  });

  it('receives a signed event, handles it, and shows it', async () => {
    // The example reads its environment when it is loaded, and opens its database in the current folder.
    const { AppModule } = (await import(EXAMPLE)) as { AppModule: Type };
    process.chdir(folder);
    const moduleRef = await Test.createTestingModule({ imports: [AppModule] }).compile();
    const running = await platform.createApp(moduleRef);
    app = running.app;
    const event = buildEvent({ type: 'invoice.paid', object: { id: 'in_1', object: 'invoice', amount_paid: 4_900 } });

    const delivery = signedDelivery(event, SECRET);
    const answer = await fetch(`${running.baseUrl}/stripe/webhook`, { method: 'POST', ...delivery });

    expect([answer.status, await answer.json()]).toEqual([200, { received: true, duplicate: false }]);
    await waitForEvent(app, String(event.id), 'succeeded');
    expect(await app.get(DataSource).getRepository(Payment).find()).toEqual([{ invoiceId: 'in_1', amount: 4_900 }]);
    const headers = { authorization: `Bearer ${TOKEN}` };
    const shown = await fetch(`${running.baseUrl}/stripe/admin/events/${String(event.id)}`, { headers });
    expect(await shown.json()).toMatchObject({ runs: [{ handler: 'keep-payment', status: 'succeeded', attempts: 1 }] });
  });
});
