import { afterEach, describe, expect, it } from '@jest/globals';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { StripeModule } from 'nestjs-stripe-events';
import { testId } from 'nestjs-stripe-events/testing';
import { platforms } from '../support/platforms';
import { EU_SECRET, twoAccounts, US_SECRET } from '../support/two-accounts';
import { signatureOf, startWebhookApp, type WebhookApp, type WebhookAppParts } from '../support/webhook-app';
import { oddBody } from './byte-exact';

const PATHS = { eu: 'hooks/eu', us: 'hooks/us' };

describe.each(platforms)('the paths of several accounts on $name', ({ name: platform }) => {
  let webhook: WebhookApp | undefined;

  async function start(parts: Omit<WebhookAppParts, 'platform'>): Promise<WebhookApp> {
    webhook = await startWebhookApp({ platform, ...parts });
    return webhook;
  }
  afterEach(async () => {
    await webhook?.close();
    webhook = undefined;
  });

  /** Where the body is stored that was delivered to a path with a secret, byte for byte; else the answer's status. */
  async function fateOf(path: string, secret: string): Promise<string | number> {
    const { deliver, events } = webhook!;
    const id = testId('evt');
    const body = oddBody(id);
    const headers = { 'content-type': 'application/json', ...signatureOf(body, secret) };
    const { status } = await deliver(body, path, headers);
    const stored = await events.find(id);
    if (stored === null) {
      return status;
    }
    expect([status, stored.rawMessage]).toEqual([200, body]);
    return stored.endpoint;
  }

  it('may be one for all of them: the secret says whose a delivery is', async () => {
    await start({ stripe: { accounts: twoAccounts() } });

    expect(await fateOf('/stripe/webhook', EU_SECRET)).toBe('eu');
    expect(await fateOf('/stripe/webhook', US_SECRET)).toBe('us');
    expect(await fateOf('/stripe/webhook', 'whsec_of_somebody_else')).toBe(400);
  });

  it('keep one account from taking the ids of another away, on one path as well', async () => {
    const { deliver, events } = await start({ stripe: { accounts: twoAccounts() } });
    const id = testId('evt');
    const [squatted, real] = [oddBody(id, 'squatter'), oddBody(id, 'owner')];
    await deliver(squatted, '/stripe/webhook', signatureOf(squatted, US_SECRET));
    const answer = await deliver(real, '/stripe/webhook', signatureOf(real, EU_SECRET));

    expect(await answer.json()).toEqual({ received: true, duplicate: false });
    expect((await events.find(id, 'eu'))?.rawMessage).toBe(real);
  });

  it('may be one each, also below a prefix with a parameter that one of them is excluded from', async () => {
    await start({
      stripe: { accounts: twoAccounts(), webhookPath: PATHS },
      configure: (app) => void app.setGlobalPrefix(':tenant', { exclude: ['hooks/eu'] }),
    });

    expect(await fateOf('/hooks/eu', EU_SECRET)).toBe('eu');
    expect(await fateOf('/acme/hooks/us', US_SECRET)).toBe('us');
    expect(await fateOf('/hooks/eu', US_SECRET)).toBe(400);
    expect(await fateOf('/stripe/webhook', EU_SECRET)).toBe(404);
    expect(await fateOf('/hooks/asia', EU_SECRET)).toBe(404);
  });

  it('are static beside accounts that come from a factory', async () => {
    await start({
      stripe: StripeModule.forRootAsync({
        useFactory: () => Promise.resolve({ accounts: twoAccounts(), processing: false as const }),
        webhookPath: PATHS,
      }),
    });

    expect(await fateOf('/hooks/eu', EU_SECRET)).toBe('eu');
    expect(await fateOf('/hooks/us', EU_SECRET)).toBe(400);
  });

  it('give OpenAPI operations that have names of their own', async () => {
    const { app } = await start({ stripe: { accounts: twoAccounts(), webhookPath: PATHS } });
    const { paths } = SwaggerModule.createDocument(app, new DocumentBuilder().build());
    const ids = Object.values(paths).map(({ post }) => post?.operationId);

    expect(ids.sort()).toEqual(['StripeWebhookController_eu_receive', 'StripeWebhookController_us_receive']);
  });
});
