import { databases, type DatabaseKind } from '../support/databases';
import { platforms, type Platform } from '../support/platforms';

/** Where deliveries go: a database behind one of the platforms, as an entry of `describe.each(targets)('to $name', …)`. */
export interface Target {
  name: string;
  database: DatabaseKind;
  platform: Platform;
}

/** Every database that is there, behind the platforms in turn. */
export const allTargets: Target[] = databases.map((database, index) => {
  const platform = platforms[index % platforms.length]!;
  return { name: `${database.name}, on ${platform.name}`, database, platform };
});

/** The two databases that are always there. */
export const targets = allTargets.slice(0, 2);
