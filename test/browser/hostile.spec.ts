import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { OnStripeEvent, UnrecoverableEventError } from 'nestjs-stripe-events';
import { buildEvent, waitForEvent } from 'nestjs-stripe-events/testing';
import { builtFiles, withDashboard } from '../support/dashboard';
import { memoryDatabase } from '../support/databases';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { describeInBrowser, openBrowser, type Visit } from './browser';
import { signIn } from './sign-in';

jest.setTimeout(120_000);

const MARKUP = '<img src=x onerror="alert(1)"><script>alert(2)</script></script><style>*{display:none}</style>';
const TURNED = 'safe\u202Egnp.exe\u2066';
const MIB = 2 ** 20;
const ID = 'evt_hostile';
const EVENT = buildEvent({
  id: ID,
  type: 'customer.updated',
  object: {
    id: 'cus_hostile',
    object: 'customer',
    name: `${MARKUP}${TURNED}`,
    email: '"><svg onload=alert(3)>@example.com',
    metadata: { [MARKUP]: MARKUP, [TURNED]: TURNED, ['__proto__']: 'x', constructor: 'y', link: 'javascript:alert(4)' },
    long: 'x'.repeat(MIB),
    list: Array.from({ length: 20_000 }, (_, index) => index),
  },
  previousAttributes: { name: MARKUP },
});

@Injectable()
class Customers {
  @OnStripeEvent('customer.updated', { id: 'keep' })
  fail(): void {
    throw new UnrecoverableEventError(`${MARKUP} ${TURNED}`);
  }
}

describeInBrowser('a payload that means harm', () => {
  let ledger: LedgerApp;
  let visit: Visit;

  beforeAll(async () => {
    const files = await builtFiles();
    ledger = await startLedgerApp({
      database: memoryDatabase,
      platform: platforms[0]!,
      providers: [Customers],
      stripe: { processing: { sweepMs: 50 }, maxBodyBytes: 4 * MIB },
      override: withDashboard(files),
    });
    await ledger.deliver(EVENT);
    await waitForEvent(ledger.app, ID, 'dead');
    visit = await openBrowser(ledger.baseUrl);
    await signIn(visit, ledger.baseUrl);
  }, 240_000);
  afterAll(async () => {
    await visit.close();
    await ledger.close();
  });

  it.each(['', 'events', 'live', 'customers', `events/${ID}`, 'customers/cus_hostile'])(
    'is text on #/%s, and runs nothing',
    async (place) => {
      const { page, complaints } = visit;
      await page.goto(`${ledger.baseUrl}/stripe/admin/#/${place}`);
      await page.getByText('onerror=').first().waitFor();

      expect(await page.locator('main img, main script, main style, main svg[onload]').count()).toBe(0);
      expect(await page.locator('body').innerText()).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/);
      expect(await page.locator('a[href^="javascript:"]').count()).toBe(0);
      expect(complaints).toEqual([]);
    },
  );

  it('does not hold the page up with its size', async () => {
    const { page } = visit;
    await page.goto(`${ledger.baseUrl}/stripe/admin/#/events/${ID}`);
    await page.locator('.tree').getByText('20000').waitFor();

    // What is closed, or not yet asked for, is not there.
    expect(await page.locator('.tree li').count()).toBeLessThan(200);
    expect((await page.locator('.tree').innerText()).length).toBeLessThan(20_000);
    await page.getByRole('button', { name: /list/ }).click();
    await page.getByRole('button', { name: '100 more of 19900' }).click();
    expect(await page.locator('.tree li').count()).toBeLessThan(400);

    await page.getByLabel('Find in the payload').fill('19999');
    await page.getByText('1 found').waitFor();
    await page.locator('.tree .hit').getByText('19999', { exact: true }).first().waitFor();
  });
});
