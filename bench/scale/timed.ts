import type { LedgerDatabase, UnitOfWork } from '../../src/database';

/** The same database, with a count of the milliseconds that its statements take. */
export interface TimedDatabase {
  readonly database: LedgerDatabase;
  /** Milliseconds since the last call of this. */
  takeMs(): number;
}

/** Counts what statements take and nothing around them: neither what waits for its batch nor pauses between batches. */
export function timed(database: LedgerDatabase): TimedDatabase {
  let spentMs = 0;
  const counted = Object.create(database) as LedgerDatabase;
  counted.run = async <T>(unit: UnitOfWork<T>, timeoutMs?: number): Promise<T> => {
    const begin = performance.now();
    try {
      return await database.run(unit, timeoutMs);
    } finally {
      spentMs += performance.now() - begin;
    }
  };
  return {
    database: counted,
    takeMs: () => {
      const taken = spentMs;
      spentMs = 0;
      return taken;
    },
  };
}
