import 'reflect-metadata';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { STRIPE_ENTITIES, STRIPE_MIGRATIONS } from './src/stripe.entities';

const DEFAULT_URL = 'sqlite:./data/stripe-events.sqlite';

/** The driver's part of the options: `sqlite:<file>`, or the URL of a PostgreSQL, MySQL or MariaDB. */
function connection(url: string): DataSourceOptions {
  const scheme = url.slice(0, url.indexOf(':'));
  if (scheme === 'sqlite') return { type: 'better-sqlite3', database: url.slice('sqlite:'.length) };
  if (scheme === 'postgres' || scheme === 'postgresql') return { type: 'postgres', url };
  if (scheme === 'mysql' || scheme === 'mariadb') return { type: scheme, url };
  throw new Error('DATABASE_URL must start with sqlite:, postgres://, mysql:// or mariadb://');
}

/** The DataSource of the TypeORM command line: `npm run typeorm -- migration:show`. */
export default new DataSource({
  ...connection(process.env['DATABASE_URL'] ?? DEFAULT_URL),
  entities: STRIPE_ENTITIES,
  migrations: STRIPE_MIGRATIONS,
});
