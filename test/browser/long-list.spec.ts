import { expect, it, jest } from '@jest/globals';
import { LedgerDatabase } from '../../src/database';
import { builtFiles, withDashboard } from '../support/dashboard';
import { memoryDatabase } from '../support/databases';
import { startLedgerApp } from '../support/ledger-app';
import { manyEvents } from '../support/many-events';
import { platforms } from '../support/platforms';
import { describeInBrowser, openBrowser } from './browser';
import { signIn } from './sign-in';

jest.setTimeout(240_000);

const EVENTS = 10_000;
/** More than a screen has room for. */
const MOST_ROWS = 100;

describeInBrowser('a list of 10,000 events', () => {
  it('is read to its end with a screenful of rows at a time', async () => {
    const files = await builtFiles();
    const ledger = await startLedgerApp({
      ...{ database: memoryDatabase, platform: platforms[0]!, override: withDashboard(files) },
      stripe: { processing: false },
    });
    await manyEvents(ledger.app.get(LedgerDatabase), EVENTS);
    const [oldest] = await ledger.dataSource.query<{ id: string }[]>('SELECT MIN(stripe_id) AS id FROM stripe_event');
    const visit = await openBrowser(ledger.baseUrl);
    await signIn(visit, ledger.baseUrl);
    const { page, complaints } = visit;
    await page.goto(`${ledger.baseUrl}/stripe/admin/#/events`);
    await page.locator('.windowed-body .row').first().waitFor();

    const mostRows = await page.evaluate(scrollToTheEnd);

    expect(mostRows).toBeGreaterThan(10);
    expect(mostRows).toBeLessThan(MOST_ROWS);
    expect(await page.getByRole('table', { name: 'Events' }).getAttribute('aria-rowcount')).toBe(String(EVENTS + 1));
    await page.getByRole('link', { name: oldest?.id ?? '' }).click();
    await page.getByRole('heading', { name: 'invoice.paid' }).waitFor();
    expect(complaints).toEqual([]);
    await visit.close();
    await ledger.close();
  });
});

/** Runs in the page. Returns how many rows were there at most. */
async function scrollToTheEnd(): Promise<number> {
  const box = document.querySelector('.windowed')!;
  let mostRows = 0;
  while (!box.textContent.includes('That is all.')) {
    box.scrollTop = box.scrollHeight;
    await new Promise(requestAnimationFrame);
    mostRows = Math.max(mostRows, document.querySelectorAll('.windowed-body .row').length);
  }
  box.scrollTop = box.scrollHeight;
  return mostRows;
}
