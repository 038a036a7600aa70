import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { histories } from './history';
import { LedgerPool } from './ledger-pool';
import { MUTANTS } from './mutants';
import { play } from './simulation';
import { ModelViolation } from './stage';

const SEED = 7;
const MOST_RUNS = 300;
const TIMEOUT_MS = 300_000;
/** `npm run test:model` tries all of them, which takes minutes. */
const TRIED = process.env['MODEL_RUNS'] === undefined ? MUTANTS.filter((_, index) => index % 3 === 0) : MUTANTS;

describe('the model', () => {
  let pool: LedgerPool;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    pool = await LedgerPool.open();
  });
  afterAll(() => pool.close());

  it.each(TRIED)(
    'notices a ledger that $name',
    async (mutant) => {
      const keepsPromises = fc.asyncProperty(histories, async (history) => {
        await play(history, pool, mutant);
      });
      const found = await fc.check(keepsPromises, { numRuns: MOST_RUNS, seed: SEED, endOnFailure: true });

      expect(found.errorInstance).toBeInstanceOf(ModelViolation);
      expect((found.errorInstance as ModelViolation).problems).toEqual(expect.arrayContaining([expect.stringMatching(mutant.caughtAs)])); // prettier-ignore
    },
    TIMEOUT_MS,
  );
});
