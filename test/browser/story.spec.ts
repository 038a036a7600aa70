import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { OnStripeEvent, UnrecoverableEventError } from 'nestjs-stripe-events';
import { buildEvent, waitForEvent } from 'nestjs-stripe-events/testing';
import { builtFiles, withDashboard } from '../support/dashboard';
import { databases } from '../support/databases';
import { ADMIN_TOKEN, startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { describeInBrowser, openBrowser, seriousViolations, type Visit } from './browser';

jest.setTimeout(120_000);

const CUSTOMER = 'cus_of_the_story';

@Injectable()
class Billing {
  broken = true;

  @OnStripeEvent('invoice.*', { id: 'keep-payment' })
  keepPayment(): void {}

  @OnStripeEvent('invoice.payment_failed', { id: 'write-to-customer' })
  write(): void {
    if (this.broken) throw new UnrecoverableEventError('The mail server said: 550 no such mailbox');
  }
}

/** Each of the databases, and each of the platforms. */
const places = databases
  .filter(({ name }) => ['sqlite', 'postgres (embedded)'].includes(name))
  .map((database, index) => ({ database, platform: platforms[index % platforms.length]! }));

describeInBrowser('the dashboard', () => {
  let files: Readonly<Record<string, string>>;

  beforeAll(async () => {
    files = await builtFiles();
  }, 180_000);

  describe.each(places)('on $database.name and $platform.name', ({ database, platform }) => {
    let ledger: LedgerApp;
    let visit: Visit;

    beforeAll(async () => {
      ledger = await startLedgerApp({
        database,
        platform,
        providers: [Billing],
        stripe: { processing: { sweepMs: 50 } },
        override: withDashboard(files),
      });
    });
    afterAll(() => ledger.close());
    beforeEach(async () => {
      visit = await openBrowser(ledger.baseUrl);
    });
    afterEach(async () => {
      await visit.close();
      expect(visit.complaints).toEqual([]);
    });

    it('lets somebody sign in, find what fails, see why, replay it, and watch it turn green', async () => {
      const { page } = visit;
      const object = { id: 'in_of_the_story', object: 'invoice', customer: CUSTOMER, amount_due: 4_900 };
      const failing = buildEvent({ type: 'invoice.payment_failed', object });
      const fine = buildEvent({ type: 'invoice.paid', object: { ...object, amount_paid: 4_900 } });
      for (const event of [failing, fine]) await ledger.deliver(event);
      await waitForEvent(ledger.app, String(failing['id']), 'dead');

      await page.goto(`${ledger.baseUrl}/stripe/admin/`);
      await page.getByLabel('Admin token').fill('not the token');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('That is not the token.').waitFor();
      // The browser itself notes a request that was refused.
      visit.complaints.length = 0;
      await page.getByLabel('Admin token').fill(ADMIN_TOKEN);
      await page.getByRole('button', { name: 'Sign in' }).click();

      await page.getByText('1 dead letter needs somebody.').waitFor();
      expect(await seriousViolations(page)).toEqual([]);
      await page.getByRole('link', { name: 'Look at dead letters' }).click();

      await page.getByRole('heading', { name: 'Events', exact: true }).waitFor();
      expect(page.url()).toContain('#/events?status=dead');
      await page.getByRole('link', { name: String(failing['id']) }).waitFor();
      expect(await page.getByRole('link', { name: String(fine['id']) }).count()).toBe(0);
      expect(await seriousViolations(page)).toEqual([]);
      await page.getByRole('link', { name: String(failing['id']) }).click();

      await page.getByRole('heading', { name: 'invoice.payment_failed' }).waitFor();
      await page.locator('.timeline').getByText('The mail server said: 550 no such mailbox').waitFor();
      await page.locator('.tree').getByText('4900').waitFor();
      expect(await seriousViolations(page)).toEqual([]);

      ledger.app.get(Billing).broken = false;
      await page.getByRole('button', { name: 'Replay …' }).click();
      await page.getByRole('dialog').getByLabel('keep-payment').uncheck();
      expect(await seriousViolations(page)).toEqual([]);
      await page.getByRole('dialog').getByRole('button', { name: 'Replay' }).click();
      await page.getByText('The event is due again.').waitFor();
      await page.locator('.page-head .status-succeeded').waitFor();
      await page.getByText('Done: every handler succeeded').waitFor();
    });
  });
});
