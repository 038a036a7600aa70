import { ADMIN_TOKEN } from '../support/ledger-app';
import type { Visit } from './browser';

/** Signs in with the token, and forgets that the browser noted how it was refused without one. */
export async function signIn({ page, complaints }: Pick<Visit, 'page' | 'complaints'>, baseUrl: string): Promise<void> {
  await page.goto(`${baseUrl}/stripe/admin/`);
  await page.getByLabel('Admin token').fill(ADMIN_TOKEN);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  complaints.length = 0;
}
