import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { VersioningType, type CanActivate, type INestApplication } from '@nestjs/common';
import { get as httpGet, type IncomingHttpHeaders } from 'node:http';
import { buildEvent } from 'nestjs-stripe-events/testing';
import { gunzipSync, gzipSync } from 'node:zlib';
import { builtFiles, withDashboard } from '../support/dashboard';
import { memoryDatabase } from '../support/databases';
import { ADMIN_TOKEN, startLedgerApp, type LedgerApp, type LedgerAppParts } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { everyRouteBelow, routesBelow } from './admin-routes';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** What a first visit may cost, compressed. */
const FIRST_LOAD_BYTES = 200_000;

let files: Readonly<Record<string, string>>;

beforeAll(async () => {
  files = await builtFiles();
}, 180_000);

describe('the built page', () => {
  it('is small when it is first loaded', () => {
    const sizes = Object.values(files).map((text) => gzipSync(text).length);
    expect(sizes.length).toBeGreaterThanOrEqual(3);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(FIRST_LOAD_BYTES);
  });

  it('has nothing inline, and loads nothing from elsewhere', () => {
    const html = files['index.html'] ?? '';
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=/i);
    const loaded = [...html.matchAll(/\b(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    expect(loaded.length).toBeGreaterThanOrEqual(3);
    for (const address of loaded) {
      expect(Object.keys(files)).toContain(address?.replace(/^\.\//, ''));
    }
    expect(
      Object.entries(files).filter(([name, text]) => name.endsWith('.css') && /url\(["']?https?:/.test(text)),
    ).toEqual([]);
  });
});

describe.each(platforms)('the dashboard on $name', (platform) => {
  let ledger: LedgerApp | undefined;

  afterEach(async () => {
    await ledger?.close();
    ledger = undefined;
  });

  async function start(parts: Partial<LedgerAppParts> = {}): Promise<LedgerApp> {
    const stripe = { processing: false, ...parts.stripe } as const;
    const override = withDashboard(files);
    ledger = await startLedgerApp({ database: memoryDatabase, platform, override, ...parts, stripe });
    return ledger;
  }

  it('is for everybody, is not kept, and can do nothing but run its own files', async () => {
    const { baseUrl } = await start();
    const answer = await fetch(`${baseUrl}/stripe/admin/`);
    expect([answer.status, await answer.text()]).toEqual([200, files['index.html']]);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
  });

  it('has files that a browser keeps for good, since a change gives them another name', async () => {
    const { baseUrl } = await start();
    const names = Object.keys(files).filter((name) => name !== 'index.html');
    for (const name of names) {
      expect(name).toMatch(/-[\w-]{8}\.(js|css|svg)$/);
      const answer = await fetch(`${baseUrl}/stripe/admin/${name}`);
      expect([name, answer.status, await answer.text()]).toEqual([name, 200, files[name]]);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('content-type')).toMatch(/^(text\/(javascript|css)|image\/svg\+xml)/);
    }
  });

  it('sends files compressed to those who ask for that', async () => {
    const { baseUrl } = await start();
    const plain = await raw(`${baseUrl}/stripe/admin/`, {});
    const zipped = await raw(`${baseUrl}/stripe/admin/`, { 'accept-encoding': 'br, gzip' });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(zipped.headers.vary).toContain('Accept-Encoding');
    expect(gunzipSync(zipped.body).toString()).toBe(plain.body.toString());
  });

  it('answers a name that is none of its files as every error of the module', async () => {
    const { baseUrl } = await start();
    for (const name of ['nothing.js', 'index.html', '..%2Fpackage.json', '__proto__']) {
      const answer = await fetch(`${baseUrl}/stripe/admin/${name}`);
      expect([name, answer.status, await answer.json()]).toEqual([
        name,
        404,
        { statusCode: 404, code: 'STRIPE_EVENTS_INVALID_REQUEST', message: 'There is nothing under this address.' },
      ]);
    }
  });

  it('leads to its files also without the slash at the end', async () => {
    const { baseUrl } = await start();
    const html = await (await fetch(`${baseUrl}/stripe/admin?from=mail`)).text();
    const [, script = ''] = /src="([^"]+)"/.exec(html) ?? [];
    expect((await fetch(new URL(script, `${baseUrl}/stripe/admin`))).status).toBe(200);
  });

  it('is found below a global prefix, whatever the versions', async () => {
    const configure = (app: INestApplication): void => {
      app.setGlobalPrefix('api');
      app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
    };
    const { baseUrl } = await start({ configure });
    expect(await (await fetch(`${baseUrl}/api/stripe/admin/`)).text()).toBe(files['index.html']);
  });

  it('says where it is not built what builds it', async () => {
    const { baseUrl } = await start({ override: withDashboard({}) });
    const answer = await fetch(`${baseUrl}/stripe/admin/`);
    expect([answer.status, await answer.json()]).toMatchObject([404, { message: expect.stringContaining('npm run') }]);
  });

  it('is all that is open: data needs the token, or the guard', async () => {
    const guard: CanActivate = { canActivate: () => false };
    for (const [admin, status] of [
      [{ token: ADMIN_TOKEN }, 401],
      [{ guard }, 403],
    ] as const) {
      // prettier-ignore
      const { app, baseUrl } = await start({ stripe: { admin: { path: 'stripe/admin', ...admin } } });
      const routes = everyRouteBelow(app, '/stripe/admin');
      const open: string[] = [];
      for (const { method, path } of routes) {
        const answer = await fetch(baseUrl + path, { method });
        if (answer.status !== status) open.push(`${method} ${path}`);
      }
      expect(routes.length).toBeGreaterThan(10);
      expect(open).toEqual(['GET /stripe/admin', 'GET /stripe/admin/evt_1']);
      await ledger?.close();
      ledger = undefined;
    }
  });

  it('says what can be done', async () => {
    const { admin } = await start();
    expect(await (await admin('about')).json()).toEqual({
      readOnly: false,
      redacts: false,
      actions: expect.arrayContaining(['events/replay', 'events/:stripeId/replay', 'events/:stripeId/customer']),
      endpoints: ['default'],
      handlers: null,
    });
  });

  it('lets nobody change anything where it is read-only', async () => {
    const { app, admin, deliver } = await start({
      stripe: { admin: { path: 'stripe/admin', token: ADMIN_TOKEN, readOnly: true } },
    });
    const event = buildEvent();
    await deliver(event);
    const changing = routesBelow(app, '/stripe/admin').filter(({ method }) => method !== 'GET');
    expect(changing.length).toBeGreaterThanOrEqual(3);
    for (const { method, path } of changing) {
      const answer = await admin(path.replace('/stripe/admin/', ''), { method, body: '{}' });
      expect([path, answer.status, await answer.json()]).toEqual([
        path,
        403,
        { statusCode: 403, code: 'STRIPE_EVENTS_READ_ONLY', message: 'The administration is read-only here.' },
      ]);
    }
    expect(await (await admin('about')).json()).toMatchObject({ readOnly: true, actions: [] });
    expect((await admin(`events/${String(event['id'])}`)).status).toBe(200);
  });

  it('hides what may not be seen, of events and of customers', async () => {
    const redact = ['data.object.email', '**.line1'];
    const { admin, deliver } = await start({
      stripe: { processing: { sweepMs: 20 }, admin: { path: 'stripe/admin', token: ADMIN_TOKEN, redact } },
    });
    const object = {
      id: 'cus_1',
      object: 'customer',
      email: 'ada@example.com',
      name: 'Ada',
      address: { line1: 'A 1' },
    };
    const event = buildEvent({ type: 'customer.updated', object, previousAttributes: { email: 'old@example.com' } });
    await deliver(event);
    const shown = (await (await admin(`events/${String(event['id'])}`)).json()) as { message: unknown };
    expect(shown.message).toMatchObject({
      data: {
        object: { ...object, email: '[redacted]', address: { line1: '[redacted]' } },
        previous_attributes: { email: '[redacted]' },
      },
    });
    for (const path of [`events/${String(event['id'])}`, 'events', 'customers', 'stats', 'about']) {
      expect(await (await admin(path)).text()).not.toMatch(/@example\.com|A 1/);
    }
    expect(await (await admin('about')).json()).toMatchObject({ redacts: true });
  });
});

interface RawAnswer {
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** `fetch` decompresses by itself. */
function raw(url: string, headers: Record<string, string>): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    httpGet(url, { headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => resolve({ headers: answer.headers, body: Buffer.concat(parts) }));
    }).on('error', reject);
  });
}
