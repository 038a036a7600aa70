import { afterEach, describe, expect, it } from '@jest/globals';
import {
  Injectable,
  ValidationPipe,
  VersioningType,
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  type INestApplication,
  type LoggerService,
  type NestInterceptor,
} from '@nestjs/common';
import { InvalidOptionsError } from 'nestjs-stripe-events';
import { buildEvent } from 'nestjs-stripe-events/testing';
import { map, type Observable } from 'rxjs';
import { databases } from '../support/databases';
import { ADMIN_TOKEN, startLedgerApp, type LedgerApp, type LedgerAppParts } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { routesBelow } from './admin-routes';

const database = databases[0]!;
const BEARER = { authorization: `Bearer ${ADMIN_TOKEN}` };

@Injectable()
class CookieGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: { cookie?: string } }>();
    return headers.cookie === 'session=admin';
  }
}

class Wrapping implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((data: unknown) => ({ wrapped: data })));
  }
}

class Memory implements LoggerService {
  readonly lines: string[] = [];
  readonly log = (...parts: unknown[]): void => void this.lines.push(parts.map(String).join(' '));
  readonly error = this.log;
  readonly warn = this.log;
  readonly fatal = this.log;
}

describe.each(platforms)('the administration in an application on $name', (platform) => {
  let ledger: LedgerApp | undefined;

  afterEach(async () => {
    await ledger?.close();
    ledger = undefined;
  });

  async function start(parts: Partial<LedgerAppParts>): Promise<LedgerApp> {
    ledger = await startLedgerApp({ database, platform, ...parts, stripe: { processing: false, ...parts.stripe } });
    return ledger;
  }

  it('is not there unless it is asked for', async () => {
    const { app, baseUrl } = await start({ stripe: { admin: false } });
    expect(routesBelow(app, '/stripe/admin')).toEqual([]);
    expect((await fetch(`${baseUrl}/stripe/admin/events`, { headers: BEARER })).status).toBe(404);
  });

  it('does not start without a token or a guard', async () => {
    await expect(start({ stripe: { admin: { path: 'stripe/admin' } } })).rejects.toThrow(InvalidOptionsError);
    await expect(start({ stripe: { admin: { path: 'stripe/admin', token: ' ' } } })).rejects.toThrow(
      InvalidOptionsError,
    );
  });

  it('takes a token that is known only at run time', async () => {
    const { baseUrl } = await start({ stripe: { admin: { path: '/ops/' }, adminToken: 'later' } });
    const ask = async (authorization: string): Promise<number> =>
      (await fetch(`${baseUrl}/ops/events`, { headers: { authorization } })).status;
    expect(await ask('Bearer later')).toBe(200);
    expect(await ask('Bearer undefined')).toBe(401);
    expect(await ask('')).toBe(401);
  });

  describe.each([
    ['a class', CookieGuard],
    ['an instance', new CookieGuard()],
  ])('with a guard of its own, %s', (_name, guard) => {
    it('asks it on every route, in the documented form', async () => {
      const { app, baseUrl } = await start({ stripe: { admin: { path: 'stripe/admin', guard } } });
      const routes = routesBelow(app, '/stripe/admin');
      expect(routes.length).toBeGreaterThanOrEqual(8);
      for (const { method, path } of routes) {
        const answer = await fetch(baseUrl + path, { method, headers: BEARER });
        expect([path, answer.status, await answer.json()]).toEqual([
          path,
          403,
          { statusCode: 403, code: 'STRIPE_EVENTS_UNAUTHORIZED', message: 'Forbidden resource' },
        ]);
      }
      expect((await fetch(`${baseUrl}/stripe/admin/events`, { headers: { cookie: 'session=admin' } })).status).toBe(
        200,
      );
    });

    it('refuses what a page of another site could send with the cookie', async () => {
      const { baseUrl, deliver } = await start({ stripe: { admin: { path: 'stripe/admin', guard } } });
      const event = buildEvent();
      await deliver(event);
      const send = async (headers: Record<string, string>, body?: string): Promise<number> => {
        const init = {
          method: 'POST',
          headers: { cookie: 'session=admin', ...headers },
          ...(body === undefined ? {} : { body }),
        };
        return (await fetch(`${baseUrl}/stripe/admin/events/${String(event.id)}/replay`, init)).status;
      };
      expect(await send({})).toBe(415);
      expect(await send({ 'content-type': 'application/x-www-form-urlencoded' }, 'handlers=a')).toBe(415);
      expect(await send({ 'content-type': 'text/plain' }, '{}')).toBe(415);
      expect(await send({ 'content-type': 'application/json' }, '{}')).toBe(202);
      expect(await send({ 'content-type': 'application/json; charset=utf-8' }, '{}')).toBe(202);
    });
  });

  it('asks for the token beside the guard where both are given', async () => {
    const { baseUrl } = await start({
      stripe: { admin: { path: 'stripe/admin', guard: CookieGuard, token: ADMIN_TOKEN } },
    });
    const ask = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(`${baseUrl}/stripe/admin/events`, { headers })).status;
    expect(await ask(BEARER)).toBe(403);
    expect(await ask({ cookie: 'session=admin' })).toBe(401);
    expect(await ask({ ...BEARER, cookie: 'session=admin' })).toBe(200);
  });

  it('is the same under a prefix, with versions, strict pipes and interceptors that wrap answers', async () => {
    const configure = (app: INestApplication): void => {
      app.setGlobalPrefix('api');
      app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
      app.useGlobalPipes(
        new ValidationPipe({
          ...{ whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true, transform: true },
          transformOptions: { enableImplicitConversion: true },
        }),
      );
      app.useGlobalInterceptors(new Wrapping());
    };
    const { baseUrl, deliver } = await start({ configure });
    const event = buildEvent({ livemode: true });
    await deliver(event, '/api/stripe/webhook');
    const ask = async (path: string): Promise<unknown> =>
      (await fetch(`${baseUrl}/api/stripe/admin/${path}`, { headers: BEARER })).json();

    expect(await ask('events?livemode=true&limit=1')).toMatchObject({
      data: [{ stripeId: event.id }],
      nextCursor: null,
    });
    expect(await ask('events?livemode=false')).toEqual({ data: [], nextCursor: null });
    expect(await ask(`events/${String(event.id)}`)).toMatchObject({ stripeId: event.id, message: event });
    expect(await ask('events?nonsense=1')).toMatchObject({
      code: 'STRIPE_EVENTS_INVALID_REQUEST',
      message: 'The request cannot be answered: "nonsense" is not a known parameter.',
    });
    const replay = { method: 'POST', headers: { ...BEARER, 'content-type': 'application/json' }, body: '{"kind":"*"}' };
    const answer = await fetch(`${baseUrl}/api/stripe/admin/events/replay`, replay);
    expect([answer.status, await answer.json()]).toEqual([202, { replayed: 1 }]);
  });

  it('says of a failure of its own nothing but that it happened, and logs the rest without secrets', async () => {
    const logger = new Memory();
    const { admin, dataSource } = await start({ app: { logger } });
    await dataSource.query('ALTER TABLE stripe_event RENAME TO sk_live_canary1234');

    const answer = await admin('events?q=canary');

    expect([answer.status, await answer.json()]).toEqual([
      500,
      {
        statusCode: 500,
        code: 'STRIPE_EVENTS_INTERNAL',
        message: 'The request failed. The application log says why.',
      },
    ]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const logged = logger.lines.filter((line) => line.includes('administration'));
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('no such table');
    expect(logged[0]).not.toContain('canary');
  });
});
