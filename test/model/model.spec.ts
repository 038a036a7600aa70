import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { histories } from './history';
import { KNOWN_HISTORIES } from './known-histories';
import { LedgerPool } from './ledger-pool';
import { play } from './simulation';

/** `MODEL_RUNS` plays so many, of a seed that is new each time; a failure says its `MODEL_SEED` and `MODEL_PATH`. */
const { MODEL_RUNS: runs, MODEL_SEED: seed = runs === undefined ? '1' : undefined, MODEL_PATH: path } = process.env;
const RUNS = Number(runs ?? 100);
const MOST_MS_PER_RUN = 2_000;

/** What is rare; whatever else there is happens with it. */
const EVERYTHING = [
  'a duplicate is acknowledged',
  'a handler is called without the lease',
  'a handler is told of HandlerTimeoutError, and ends later',
  'a handler is told of LeaseLostError',
  'a handler is told of ShutdownError',
  'a held event is called',
  'a lease is renewed',
  'a lost event becomes dead',
  'a pending event is replayed',
  'a dead event is replayed',
  'a run is deleted by replay',
  'a transaction is in doubt',
  'an event becomes ignored',
  'an event is deleted',
];

describe('the ledger, whatever happens', () => {
  let pool: LedgerPool;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    pool = await LedgerPool.open();
  });
  afterAll(() => pool.close());

  it.each(Object.entries(KNOWN_HISTORIES))('keeps its promises when %s', async (_what, history) => {
    await expect(play(history, pool)).resolves.toBeDefined();
  });

  it(
    'keeps its promises in histories that nobody thought of',
    async () => {
      const happened = new Map<string, number>();
      const keepsPromises = fc.asyncProperty(histories, async (history) => {
        const played = await play(history, pool);
        played.happened.forEach((times, what) => happened.set(what, (happened.get(what) ?? 0) + times));
      });
      await fc.assert(keepsPromises, {
        numRuns: RUNS,
        ...(seed === undefined ? {} : { seed: Number(seed) }),
        ...(path === undefined ? {} : { path }),
      });
      // What never happens proves nothing.
      expect(path === undefined ? [...happened.keys()] : EVERYTHING).toEqual(expect.arrayContaining(EVERYTHING));
    },
    RUNS * MOST_MS_PER_RUN + 60_000,
  );

  it('does the same whenever a history is played', async () => {
    for (const history of fc.sample(histories, { numRuns: 10, seed: 5 })) {
      const { story } = await play(history, pool);
      expect((await play(history, pool)).story).toEqual(story);
    }
  });
});
