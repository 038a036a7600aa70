import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { buildEvent } from 'nestjs-stripe-events/testing';
import { builtFiles, withDashboard } from '../support/dashboard';
import { memoryDatabase } from '../support/databases';
import { ADMIN_TOKEN, startLedgerApp, type LedgerApp, type LedgerAppParts } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { describeInBrowser, openBrowser, seriousViolations, type Visit } from './browser';
import { signIn } from './sign-in';

jest.setTimeout(120_000);

/** The application's own way of knowing who somebody is. */
const guard: CanActivate = {
  canActivate: (context: ExecutionContext) => {
    const { headers } = context.switchToHttp().getRequest<{ headers: { cookie?: string } }>();
    return headers.cookie?.includes('session=admin') === true;
  },
};

describeInBrowser('the dashboard', () => {
  let files: Readonly<Record<string, string>>;
  const open: { close(): Promise<unknown> }[] = [];

  beforeAll(async () => {
    files = await builtFiles();
  }, 180_000);
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
  });

  async function start(parts: Partial<LedgerAppParts> = {}): Promise<LedgerApp> {
    const ledger = await startLedgerApp({
      ...{ database: memoryDatabase, platform: platforms[0]!, override: withDashboard(files) },
      ...parts,
      stripe: { processing: false, ...parts.stripe },
    });
    open.push(ledger);
    return ledger;
  }

  async function visit(origin: string, options: Parameters<typeof openBrowser>[1] = {}): Promise<Visit> {
    const visit = await openBrowser(origin, options);
    open.push(visit);
    return visit;
  }

  describe.each(platforms)('on $name', (platform) => {
    it('works below a global prefix, behind a proxy on another path', async () => {
      const ledger = await start({ platform, configure: (app) => void app.setGlobalPrefix('api') });
      const proxy = await proxyTo(ledger.baseUrl, { from: '/ops/billing/', to: '/api/stripe/admin/' });
      open.push({ close: () => new Promise((resolve) => proxy.server.close(resolve)) });
      await ledger.deliver(buildEvent({ id: 'evt_behind_a_proxy' }), '/api/stripe/webhook');
      const { page, complaints } = await visit(proxy.origin);

      await page.goto(`${proxy.origin}/ops/billing/#/events`);
      await page.getByLabel('Admin token').fill(ADMIN_TOKEN);
      complaints.length = 0;
      await page.getByRole('button', { name: 'Sign in' }).click();

      await page.getByRole('link', { name: 'evt_behind_a_proxy' }).click();
      await page.getByRole('heading', { name: 'invoice.paid' }).waitFor();
      expect(complaints).toEqual([]);
    });

    it('asks for no token where the application knows who somebody is', async () => {
      const ledger = await start({ platform, stripe: { admin: { path: 'stripe/admin', guard } } });
      await ledger.deliver(buildEvent({ id: 'evt_by_cookie' }));
      const { page, complaints } = await visit(ledger.baseUrl);

      await page.goto(`${ledger.baseUrl}/stripe/admin/#/events/evt_by_cookie`);
      await page.getByText('The application does not let you in.').waitFor();
      expect(await page.getByLabel('Admin token').count()).toBe(0);
      complaints.length = 0;
      await page.context().addCookies([{ name: 'session', value: 'admin', url: ledger.baseUrl }]);
      await page.getByRole('button', { name: 'Try again' }).click();

      await page.getByRole('heading', { name: 'invoice.paid' }).waitFor();
      expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(0);
      expect(complaints).toEqual([]);
    });
  });

  it('keeps the token for its tab alone', async () => {
    const ledger = await start();
    const { page } = await visit(ledger.baseUrl);
    const opened = { page, complaints: [] as string[] };
    await signIn(opened, ledger.baseUrl);
    await page.reload();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();

    const other = await page.context().newPage();
    await other.goto(`${ledger.baseUrl}/stripe/admin/`);
    await other.getByLabel('Admin token').waitFor();
    expect(
      await page.evaluate(() => JSON.stringify([Object.values({ ...localStorage }), document.cookie])),
    ).not.toContain(ADMIN_TOKEN);
    expect(page.url()).not.toContain(ADMIN_TOKEN);
  });

  it('has no buttons that change anything where nothing may be changed', async () => {
    const ledger = await start({ stripe: { admin: { path: 'stripe/admin', token: ADMIN_TOKEN, readOnly: true } } });
    await ledger.deliver(buildEvent({ id: 'evt_read_only' }));
    const opened = await visit(ledger.baseUrl);
    await signIn(opened, ledger.baseUrl);
    const { page } = opened;
    await page.goto(`${ledger.baseUrl}/stripe/admin/#/events/evt_read_only`);
    await page.getByRole('heading', { name: 'invoice.paid' }).waitFor();

    await page.getByText('read-only').waitFor();
    expect(await page.getByRole('button', { name: /Replay/ }).count()).toBe(0);
  });

  it('keeps the filter in the address', async () => {
    const ledger = await start();
    for (const type of ['invoice.paid', 'charge.succeeded'])
      await ledger.deliver(buildEvent({ id: `evt_${type}`, type }));
    const opened = await visit(ledger.baseUrl);
    await signIn(opened, ledger.baseUrl);
    const { page } = opened;
    await page.getByRole('link', { name: 'Events', exact: true }).click();
    await page.getByLabel('Type, or invoice.*').fill('charge.*');
    await page.getByRole('link', { name: 'evt_invoice.paid' }).waitFor({ state: 'detached' });

    await page.goto('about:blank');
    opened.complaints.length = 0;
    await page.goto(`${ledger.baseUrl}/stripe/admin/#/events?kind=charge.*`);
    await page.getByRole('link', { name: 'evt_charge.succeeded' }).waitFor();
    expect(await page.getByLabel('Type, or invoice.*').inputValue()).toBe('charge.*');
    expect(await page.getByRole('link', { name: 'evt_invoice.paid' }).count()).toBe(0);
  });

  it.each(['light', 'dark'] as const)('can be read on a phone, in %s colours', async (colorScheme) => {
    const ledger = await start();
    const object = { id: 'in_1', object: 'invoice', customer: 'cus_1', description: 'long '.repeat(60) };
    await ledger.deliver(
      buildEvent({
        id: 'evt_on_a_phone',
        type: 'invoice.updated',
        object,
        previousAttributes: { description: 'short' },
      }),
    );
    const opened = await visit(ledger.baseUrl, { viewport: { width: 390, height: 844 }, colorScheme });
    await signIn(opened, ledger.baseUrl);
    const { page } = opened;
    for (const place of ['', 'events', 'events/evt_on_a_phone', 'customers', 'live']) {
      await page.goto(`${ledger.baseUrl}/stripe/admin/#/${place}`);
      await page.locator('h1').waitFor();
      await page.getByText('Loading …').waitFor({ state: 'detached' });
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect([place, width]).toEqual([place, 390]);
      expect([place, await seriousViolations(page)]).toEqual([place, []]);
    }
  });
});

/** A proxy that puts the application on a path of its own. */
async function proxyTo(
  target: string,
  { from, to }: { from: string; to: string },
): Promise<{ server: Server; origin: string }> {
  const server = createServer((incoming, outgoing) => {
    const { url = '/', method, headers } = incoming;
    if (!url.startsWith(from)) {
      outgoing.writeHead(404).end();
      return;
    }
    const forwarded = request(`${target}${to}${url.slice(from.length)}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
