import type { DataSourceOptions } from 'typeorm';

export const DEFAULT_DATABASE_URL = 'sqlite:./data/stripe-events.sqlite';

/** Ten handlers at a time, each in a transaction of its own, leave some for everything else. */
const POOL_SIZE = 20;

const SQLITE = /^sqlite:(?:\/\/)?(.+)$/;

/** TypeORM's options for a DATABASE_URL; one that cannot be used is an error that says which can, and never shows it. */
export function connectionOf(url: string): DataSourceOptions {
  const file = SQLITE.exec(url)?.[1];
  if (file !== undefined) {
    return { type: 'better-sqlite3', database: file, enableWAL: file !== ':memory:' };
  }
  const { protocol, pathname } = URL.canParse(url) ? new URL(url) : { protocol: '', pathname: '' };
  if (protocol === 'postgres:' || protocol === 'postgresql:') {
    return { type: 'postgres', url, poolSize: POOL_SIZE };
  }
  if ((protocol === 'mysql:' || protocol === 'mariadb:') && pathname.length > 1) {
    return { type: protocol === 'mysql:' ? 'mysql' : 'mariadb', url, poolSize: POOL_SIZE };
  }
  throw new Error(
    'DATABASE_URL must be sqlite:<file>, sqlite::memory:, postgres://<host>/<database>, mysql://<host>/<database> ' +
      'or mariadb://<host>/<database>.',
  );
}
