import type { DataSourceOptions } from 'typeorm';

export const DEFAULT_DATABASE_URL = 'sqlite:./data/stripe-events.sqlite';

const SQLITE = /^sqlite:(?:\/\/)?(.+)$/;
const POSTGRES = /^postgres(?:ql)?:\/\//;
const MYSQL = /^(?:mysql|mariadb):\/\//;

/** TypeORM's options for a DATABASE_URL; one that cannot be used is an error that says which can, and never shows it. */
export function connectionOf(url: string): DataSourceOptions {
  const file = SQLITE.exec(url)?.[1];
  if (file !== undefined) {
    return { type: 'better-sqlite3', database: file, enableWAL: file !== ':memory:' };
  }
  if ((POSTGRES.test(url) || MYSQL.test(url)) && URL.canParse(url)) {
    return MYSQL.test(url) ? mysql(url) : { type: 'postgres', url };
  }
  throw new Error('DATABASE_URL must be sqlite:<file>, sqlite::memory:, postgres://… or mysql://….');
}

function mysql(url: string): DataSourceOptions {
  if (new URL(url).pathname.length < 2) {
    throw new Error('DATABASE_URL must name the database: mysql://user:password@host:3306/database.');
  }
  return { type: 'mysql', url: url.replace(/^mariadb:/, 'mysql:') };
}
