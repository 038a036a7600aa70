import type { DataSourceOptions } from 'typeorm';

export const DEFAULT_DATABASE_URL = 'sqlite:./data/stripe-events.sqlite';

const SQLITE = /^sqlite:(?:\/\/)?(.+)$/;

/** TypeORM's options for a DATABASE_URL; one that cannot be used is an error that says which can, and never shows it. */
export function connectionOf(url: string): DataSourceOptions {
  const file = SQLITE.exec(url)?.[1];
  if (file !== undefined) {
    return { type: 'better-sqlite3', database: file, enableWAL: file !== ':memory:' };
  }
  const { protocol, pathname } = URL.canParse(url) ? new URL(url) : { protocol: '', pathname: '' };
  if (protocol === 'postgres:' || protocol === 'postgresql:') {
    return { type: 'postgres', url };
  }
  if ((protocol === 'mysql:' || protocol === 'mariadb:') && pathname.length > 1) {
    return { type: protocol === 'mysql:' ? 'mysql' : 'mariadb', url };
  }
  throw new Error(
    'DATABASE_URL must be sqlite:<file>, sqlite::memory:, postgres://<host>/<database>, mysql://<host>/<database> ' +
      'or mariadb://<host>/<database>.',
  );
}
