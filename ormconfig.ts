import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { connectionOf, DEFAULT_DATABASE_URL } from './demo/database';
import { STRIPE_ENTITIES, STRIPE_MIGRATIONS } from './src/stripe.entities';

/** The DataSource of the TypeORM command line: `npm run typeorm -- migration:show`. */
export default new DataSource({
  ...connectionOf(process.env['DATABASE_URL'] ?? DEFAULT_DATABASE_URL),
  entities: STRIPE_ENTITIES,
  migrations: STRIPE_MIGRATIONS,
});
