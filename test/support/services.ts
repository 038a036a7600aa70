import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { Client } from 'pg';

/** What the tests run against; a service that did not answer is absent. */
export interface Services {
  embeddedPostgres: string;
  postgres?: string;
  mysql?: { url: string; flavour: 'mysql' | 'mariadb' };
  redis?: string;
  /** The browser's program. */
  chromium?: string;
}

const VARIABLE = 'TEST_SERVICES';
const PROBE_TIMEOUT_MS = 2_000;

/** The addresses that are tried; each can be set from outside. */
export const SERVICE_URLS = {
  /** One beside the embedded one, which is always there: twice the time, so only where it is asked for. */
  postgres: process.env['TEST_POSTGRES_URL'],
  mysql: process.env['TEST_MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306',
  redis: process.env['TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379',
};

/** Where the browser is looked for; the first that is there is used. */
const CHROMIUM_PATHS = [process.env['TEST_CHROMIUM'], '/usr/bin/chromium', '/usr/bin/google-chrome'];

/** What the global setup found out, for the tests of the same run. */
export function knownServices(): Services {
  const found = process.env[VARIABLE];
  if (found === undefined) throw new Error(`${VARIABLE} is not set: tests run under the global setup.`);
  return JSON.parse(found) as Services;
}

/** Hands what was found to the test workers. */
export function publishServices(services: Services): void {
  process.env[VARIABLE] = JSON.stringify(services);
}

/** Asks each server whether it is there. */
export async function probeServices(): Promise<Omit<Services, 'embeddedPostgres'>> {
  const [postgres, mysql, redis] = await Promise.all([probePostgres(), probeMysql(), probeRedis()]);
  const chromium = CHROMIUM_PATHS.find((path) => path !== undefined && existsSync(path));
  return {
    ...(postgres && { postgres }),
    ...(mysql && { mysql }),
    ...(redis && { redis }),
    ...(chromium !== undefined && { chromium }),
  };
}

/** The servers that did not answer, as `name (address without password)`, and the browser where there is none. */
export function missingServices(found: Omit<Services, 'embeddedPostgres'>): string[] {
  const names = { postgres: 'PostgreSQL', mysql: 'MySQL or MariaDB', redis: 'Redis' };
  const keys = Object.keys(names) as (keyof typeof names)[];
  const servers = keys
    .flatMap((key) => ({ key, url: SERVICE_URLS[key] }))
    .filter(({ key, url }) => found[key] === undefined && url !== undefined)
    .map(({ key, url }) => `${names[key]} (${new URL(url ?? '').host})`);
  return [...servers, ...(found.chromium === undefined ? ['Chromium (/usr/bin/chromium, or TEST_CHROMIUM)'] : [])];
}

async function probePostgres(): Promise<string | undefined> {
  if (SERVICE_URLS.postgres === undefined) return undefined;
  const client = new Client({ connectionString: SERVICE_URLS.postgres, connectionTimeoutMillis: PROBE_TIMEOUT_MS });
  try {
    await client.connect();
    await client.end();
    return SERVICE_URLS.postgres;
  } catch {
    return undefined;
  }
}

async function probeMysql(): Promise<Services['mysql']> {
  try {
    const connection = await createConnection({ uri: SERVICE_URLS.mysql, connectTimeout: PROBE_TIMEOUT_MS });
    const [rows] = await connection.query<RowDataPacket[]>('SELECT VERSION() AS version');
    await connection.end();
    const flavour = String(rows[0]?.['version']).includes('MariaDB') ? 'mariadb' : 'mysql';
    return { url: SERVICE_URLS.mysql, flavour };
  } catch {
    return undefined;
  }
}

function probeRedis(): Promise<string | undefined> {
  const { hostname, port } = new URL(SERVICE_URLS.redis);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || 6379), timeout: PROBE_TIMEOUT_MS });
    const settle = (url: string | undefined): void => {
      socket.destroy();
      resolve(url);
    };
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', () => settle(SERVICE_URLS.redis));
    socket.once('error', () => settle(undefined));
    socket.once('timeout', () => settle(undefined));
  });
}
