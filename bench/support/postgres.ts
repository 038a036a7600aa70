import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { openPostgresRun, removePostgresServers, startPostgresServer } from '../../test/support/embedded-postgres';

/** A PostgreSQL of the benchmark's own, as durable as one in production. */
export interface BenchPostgres {
  /** `PostgreSQL 18.1`. */
  readonly version: string;
  /** Of the process whose descendants serve the connections; null where that cannot be found out. */
  readonly pid: number | null;
  /** Makes an empty database. */
  create(name: string): Promise<string>;
  remove(): Promise<void>;
}

/** Starts it; commits wait for the disk, as they do by default. */
export async function startPostgres(settings: Record<string, string> = {}): Promise<BenchPostgres> {
  openPostgresRun();
  const server = await startPostgresServer({ synchronous_commit: 'on', shared_buffers: '512MB', ...settings });
  const [row] = await query(server.url, 'SELECT version(), current_setting($1) AS folder', ['data_directory']);
  return {
    version: String(row?.version).split(' ').slice(0, 2).join(' '),
    pid: Number(readFileSync(`${String(row?.folder)}/postmaster.pid`, 'utf8').split('\n')[0]),
    create: async (name) => {
      await query(server.url, `CREATE DATABASE ${name}`);
      return server.url.replace(/\/postgres$/, `/${name}`);
    },
    remove: async () => {
      await server.remove();
      await removePostgresServers();
    },
  };
}

/** The rows of one statement on a connection of its own. */
export async function query(url: string, sql: string, params: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql, params)).rows;
  } finally {
    await client.end();
  }
}
