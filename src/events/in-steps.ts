import type { LedgerDatabase, UnitOfWork } from '../database';
import { InvalidRequestError } from '../errors';

/** One unit after the other, each of which is answered with the ids it took; in the end, how many those are. */
export type Steps = Generator<UnitOfWork<string[]>, number, string[]>;

/** How rows are taken step by step, by ids that only grow. */
export interface StepPlan {
  /** Most rows of one step. */
  readonly most: number;
  /** Most rows of all steps together; no bound where it is not given. */
  readonly limit: number | undefined;
  /** Takes so many rows after this id. */
  readonly take: (limit: number, after: string) => UnitOfWork<string[]>;
}

/**
 * Takes rows until there are no more, or as many as are meant.
 *
 * @throws {InvalidRequestError} when the limit is none, which would let everything through
 */
export function* inSteps({ most, limit: all, take }: StepPlan): Steps {
  if (all !== undefined && !(Number.isSafeInteger(all) && all >= 0)) {
    throw new InvalidRequestError(['limit must be a whole number of at least 0']);
  }
  let left = all ?? Number.POSITIVE_INFINITY;
  for (let taken = 0, last = ''; ;) {
    const limit = Math.min(most, left);
    const ids = limit === 0 ? [] : yield take(limit, last);
    taken += ids.length;
    left -= ids.length;
    if (ids.length < limit || left === 0) {
      return taken;
    }
    last = ids.reduce((a, b) => (a > b ? a : b), last);
  }
}

/** Does the steps, each of which is committed by itself. */
export async function eachByItself(database: Pick<LedgerDatabase, 'run'>, steps: Steps): Promise<number> {
  let step = steps.next();
  while (step.done !== true) {
    step = steps.next(await database.run(step.value));
  }
  return step.value;
}
