import { openPostgresRun, removePostgresServers, startPostgresServer } from './embedded-postgres';
import { missingServices, probeServices, publishServices } from './services';

/** Starts the embedded PostgreSQL and finds out which servers the tests can use. */
export default async function globalSetup(): Promise<void> {
  await removePostgresServers();
  const found = await probeServices();
  reportMissing(missingServices(found));
  openPostgresRun();
  const embedded = await startPostgresServer();
  publishServices({ ...found, embeddedPostgres: embedded.url });
}

function reportMissing(missing: string[]): void {
  if (missing.length === 0) return;
  if (process.env['REQUIRE_SERVICES'] === '1') {
    throw new Error(`REQUIRE_SERVICES=1, and these are missing: ${missing.join(', ')}`);
  }
  process.stderr.write(`Tests of these are left out, they are not there: ${missing.join(', ')}\n`);
}
