import { removePostgresServers } from './embedded-postgres';

/** Ends every embedded PostgreSQL of this run. */
export default async function globalTeardown(): Promise<void> {
  await removePostgresServers();
}
