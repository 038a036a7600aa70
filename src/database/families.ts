import { UnsupportedDatabaseError } from '../errors';
import type { DatabaseFamily } from './dialect';

/** TypeORM's names of the data sources the ledger can live in. */
const FAMILIES = new Map<string, DatabaseFamily>([
  ['postgres', 'postgres'],
  ['mysql', 'mysql'],
  ['mariadb', 'mysql'],
  ['better-sqlite3', 'sqlite'],
]);

/** @throws {UnsupportedDatabaseError} when the ledger has no statements for this kind of data source */
export function familyOf(type: string): DatabaseFamily {
  const family = FAMILIES.get(type);
  if (family === undefined) {
    throw new UnsupportedDatabaseError(type, [...FAMILIES.keys()]);
  }
  return family;
}
