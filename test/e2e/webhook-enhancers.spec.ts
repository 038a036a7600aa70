import { afterEach, describe, expect, it, jest } from '@jest/globals';
import * as nestCommon from '@nestjs/common';
import { ClassSerializerInterceptor, Injectable, Scope, type CanActivate } from '@nestjs/common';
import * as nestCore from '@nestjs/core';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { OnStripeEvent } from 'nestjs-stripe-events';
import { testId, waitForEvent } from 'nestjs-stripe-events/testing';
import { platforms } from '../support/platforms';
import { startWebhookApp, type WebhookApp, type WebhookAppParts } from '../support/webhook-app';
import { expectByteExact, oddBody } from './byte-exact';
import {
  BodyReading,
  FailingAfterwards,
  MembersOnly,
  OwnErrors,
  Public,
  StrictPipe,
  WAYS,
  Wrapping,
} from './global-enhancers';

// It is CommonJS, and jest does not load Nest's ES modules by require(): it is given the ones that are loaded already.
jest.mock('@nestjs/common', () => nestCommon);
jest.mock('@nestjs/core', () => nestCore);

const handled: string[] = [];

@Injectable()
class Billing {
  @OnStripeEvent('invoice.paid')
  onPaid(event: { id: string }): void {
    handled.push(event.id);
  }
}

/** Its scope makes every controller one of a request. */
@Injectable({ scope: Scope.REQUEST })
class Passing implements CanActivate {
  canActivate(): boolean {
    return true;
  }
}

let webhook: WebhookApp | undefined;

afterEach(async () => {
  await webhook?.close();
  webhook = undefined;
});

async function start(parts: WebhookAppParts): Promise<WebhookApp> {
  webhook = await startWebhookApp(parts);
  return webhook;
}

async function answerTo(delivery: Promise<Response>): Promise<[number, unknown]> {
  const answer = await delivery;
  return [answer.status, await answer.json()];
}

describe.each(platforms)('the webhook in an application on $name', ({ name: platform }) => {
  describe.each(WAYS)('with global enhancers by %s', (_way, globally) => {
    it('is guarded like every route', async () => {
      const { deliver, count } = await start({ platform, ...globally({ guard: MembersOnly }) });
      const refusal = { statusCode: 403, code: 'STRIPE_EVENTS_UNAUTHORIZED', message: 'Forbidden resource' };
      expect(await answerTo(deliver(oddBody(testId('evt'))))).toEqual([403, refusal]);
      expect(await count()).toBe(0);
    });

    it('is exempted from a guard by a decorator of the application', async () => {
      const stripe = { webhookDecorators: [Public()] };
      await expectByteExact(await start({ platform, stripe, ...globally({ guard: MembersOnly }) }));
    });

    it('has nothing that a strict pipe could refuse', async () => {
      await expectByteExact(await start({ platform, ...globally({ pipe: StrictPipe }) }));
    });

    it('answers past interceptors that wrap answers', async () => {
      await expectByteExact(await start({ platform, ...globally({ interceptor: Wrapping }) }));
    });

    it('keeps its answer when an interceptor fails afterwards', async () => {
      await expectByteExact(await start({ platform, ...globally({ interceptor: FailingAfterwards }) }));
    });

    it('shows its body to interceptors, as parsers leave it', async () => {
      const { deliver } = await start({ platform, ...globally({ interceptor: BodyReading }) });
      const id = testId('evt');
      expect((await deliver(oddBody(id))).status).toBe(200);
      expect(BodyReading.seen).toContain(id);
    });

    it('refuses past filters that change errors', async () => {
      const { deliver, count } = await start({
        platform,
        ...globally({ filter: OwnErrors, guard: MembersOnly }),
        stripe: { webhookDecorators: [Public()] },
      });
      const forged = { 'stripe-signature': 't=1,v1=forged' };
      const refusal = expect.objectContaining({ statusCode: 400, code: 'STRIPE_EVENTS_SIGNATURE_INVALID' });
      expect(await answerTo(deliver(oddBody(testId('evt')), '/stripe/webhook', forged))).toEqual([400, refusal]);
      expect(await answerTo(fetch(`${webhook?.baseUrl}/elsewhere`))).toEqual([418, { mine: true }]);
      expect(await count()).toBe(0);
    });

    it('has its handlers called past all of them', async () => {
      const all = { guard: MembersOnly, pipe: StrictPipe, interceptor: Wrapping, filter: OwnErrors };
      const { providers = [], configure } = globally(all);
      const { app, deliver } = await start({
        platform,
        providers: [...providers, Billing],
        ...(configure && { configure }),
        stripe: { webhookDecorators: [Public()], processing: { sweepMs: 20 } },
      });
      const id = testId('evt');
      expect((await deliver(oddBody(id))).status).toBe(200);
      await waitForEvent(app, id, 'succeeded');
      expect(handled).toContain(id);
    });
  });

  it('is exempted from the throttler by a decorator of the application', async () => {
    const { SkipThrottle, ThrottlerGuard, ThrottlerModule } = await import('@nestjs/throttler');
    const imports = [ThrottlerModule.forRoot([{ ttl: 60_000, limit: 1 }])];
    const providers = [{ provide: APP_GUARD, useClass: ThrottlerGuard }];
    const { deliver } = await start({ platform, imports, providers });
    const statuses = [(await deliver(oddBody(testId('evt')))).status, (await deliver(oddBody(testId('evt')))).status];
    expect(statuses).toEqual([200, 429]);
    await webhook?.close();

    await expectByteExact(
      await start({ platform, imports, providers, stripe: { webhookDecorators: [SkipThrottle()] } }),
    );
  });

  it('may be made anew for each request, and have its answer serialised', async () => {
    const providers = [
      { provide: APP_GUARD, useClass: Passing },
      { provide: APP_INTERCEPTOR, useClass: ClassSerializerInterceptor },
    ];
    await expectByteExact(await start({ platform, providers }));
  });
});
