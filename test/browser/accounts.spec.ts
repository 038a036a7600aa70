import { expect, it, jest } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { OnStripeEvent, UnrecoverableEventError } from 'nestjs-stripe-events';
import { buildEvent, waitForEvent } from 'nestjs-stripe-events/testing';
import { builtFiles, withDashboard } from '../support/dashboard';
import { memoryDatabase } from '../support/databases';
import { startLedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { EU_SECRET, twoAccounts, US_SECRET } from '../support/two-accounts';
import { describeInBrowser, openBrowser, seriousViolations } from './browser';
import { signIn } from './sign-in';

jest.setTimeout(240_000);

const ID = 'evt_of_both';

@Injectable()
class Billing {
  @OnStripeEvent('invoice.paid', { id: 'keep-payment' })
  fail(): void {
    throw new UnrecoverableEventError('It cannot be kept');
  }
}

describeInBrowser('the dashboard of several accounts', () => {
  it('tells their events apart, and acts on the one that is meant', async () => {
    const files = await builtFiles();
    const ledger = await startLedgerApp({
      ...{ database: memoryDatabase, platform: platforms[0]!, providers: [Billing], override: withDashboard(files) },
      stripe: { accounts: twoAccounts(), processing: { sweepMs: 20 } },
    });
    for (const [endpoint, secret] of [
      ['eu', EU_SECRET],
      ['us', US_SECRET],
    ] as const) {
      await ledger.deliver(buildEvent({ id: ID, object: { id: `in_${endpoint}`, object: 'invoice' } }), undefined, secret); // prettier-ignore
      await waitForEvent(ledger.app, ID, 'dead', { endpoint });
    }
    const visit = await openBrowser(ledger.baseUrl);
    await signIn(visit, ledger.baseUrl);
    const { page, complaints } = visit;

    await page.getByRole('link', { name: 'Events', exact: true }).click();
    await page.getByRole('columnheader', { name: 'Account' }).waitFor();
    await page.getByRole('link', { name: ID }).nth(1).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByLabel('Every account').selectOption('us');
    await page.getByText('in_eu').waitFor({ state: 'detached' });
    expect(page.url()).toContain('endpoint=us');

    complaints.length = 0;
    await page.goto(`${ledger.baseUrl}/stripe/admin/#/events/${ID}`);
    await page.getByText('Several accounts have this id.').waitFor();
    // The browser itself notes an answer that is an error.
    complaints.length = 0;
    await page.getByRole('link', { name: 'eu' }).click();
    await page.locator('.tree').getByText('in_eu').waitFor();

    await page.getByRole('button', { name: 'Discard …' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
    await page.locator('.page-head .status-ignored').waitFor();
    const statuses = await ledger.dataSource.query<object[]>(
      'SELECT endpoint, status FROM stripe_event ORDER BY endpoint',
    );
    expect(statuses).toEqual([
      { endpoint: 'eu', status: 'ignored' },
      { endpoint: 'us', status: 'dead' },
    ]);
    expect(complaints).toEqual([]);
    await visit.close();
    await ledger.close();
  });
});
