import { afterAll, describe } from '@jest/globals';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { knownServices } from '../support/services';

const { chromium: program } = knownServices();

/** For suites that need a browser: left out where there is none, which the global setup says. */
export function describeInBrowser(title: string, suite: () => void): void {
  (program === undefined ? describe.skip : describe)(title, () => {
    afterAll(async () => {
      await (await browser)?.close();
      browser = undefined;
    });
    suite();
  });
}

/** One for all visits of a file: each visit has cookies, storage and a cache of its own. */
let browser: Promise<Browser> | undefined;

/** A window with one page, and what is noticed of it. */
export interface Visit {
  readonly page: Page;
  /** What no visit may have: errors in the console, exceptions, dialogs, requests that leave the application. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** Opens a window of its own. It may reach nobody but the page's own host, and knows nobody else. */
export async function openBrowser(origin: string, options: BrowserContextOptions = {}): Promise<Visit> {
  browser ??= chromium.launch({
    executablePath: program ?? '',
    headless: true,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
      ...['--disable-background-networking', '--disable-component-update'],
    ],
  });
  const context = await (
    await browser
  ).newContext({ viewport: { width: 1360, height: 900 }, locale: 'en-GB', timezoneId: 'UTC', ...options });
  const complaints: string[] = [];
  const page = await context.newPage();
  notice(context, page, origin, complaints);
  return { page, complaints, close: () => context.close() };
}

function notice(context: BrowserContext, page: Page, origin: string, complaints: string[]): void {
  context.on('request', (request) => {
    const { origin: target } = new URL(request.url());
    if (target !== origin) complaints.push(`request to ${request.url()}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
}

/** What axe finds serious or critical, as `rule: what it is about`. */
export async function seriousViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<axe.AxeResults> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' | ')}`,
    );
}
