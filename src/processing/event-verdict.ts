import type { EventOutcome, RunRecord } from '../events';
import { retryDelayMs, type RetryPolicy } from './retry-policy';

/** How calling one handler ended. */
export type RunResult =
  | { readonly kind: 'succeeded'; readonly run: RunRecord; readonly recorded: boolean }
  | { readonly kind: 'failed'; readonly run: RunRecord; readonly retryAfterMs: number | null }
  /** Whether its transaction was committed cannot be told; the next attempt reads it from the record. */
  | { readonly kind: 'unknown'; readonly attempts: number; readonly error: string }
  /** The handler was not called, since its transaction could not be begun. */
  | { readonly kind: 'postponed'; readonly error: string }
  /** Somebody else has the event, or the application stops: nothing may be recorded. */
  | { readonly kind: 'abandoned'; readonly reason: 'lease-lost' | 'shutdown' };

/** What becomes of an event whose handlers have been called. */
export function verdict(
  results: readonly RunResult[],
  deadBefore: readonly string[],
  policy: RetryPolicy,
  random: () => number,
): EventOutcome {
  const waiting = results.filter(isWaiting);
  if (waiting.length > 0) {
    return dueAgain(waiting, policy, random);
  }
  const errors = results.flatMap((result) => (result.kind === 'failed' ? [result.run.error ?? ''] : []));
  const dead = errors[0] ?? deadBefore[0];
  return dead === undefined ? { status: 'succeeded' } : { status: 'dead', error: dead };
}

type Waiting = RunResult & { kind: 'failed' | 'unknown' | 'postponed' };

function isWaiting(result: RunResult): result is Waiting {
  const { kind } = result;
  return kind === 'unknown' || kind === 'postponed' || (kind === 'failed' && result.run.status === 'failed');
}

/** The soonest of what the handlers need; an attempt is used up only where one of them has failed, or may have. */
function dueAgain(waiting: readonly Waiting[], policy: RetryPolicy, random: () => number): EventOutcome {
  const [first] = waiting;
  return {
    status: 'pending',
    delayMs: Math.min(...waiting.map((result) => delayOf(result, policy, random))),
    error: first === undefined ? null : first.kind === 'failed' ? first.run.error : first.error,
    counts: waiting.some(usesUpAttempt),
  };
}

function delayOf(result: Waiting, policy: RetryPolicy, random: () => number): number {
  switch (result.kind) {
    case 'failed':
      return result.retryAfterMs ?? retryDelayMs(policy, result.run.attempts, random());
    case 'unknown':
      return retryDelayMs(policy, result.attempts, random());
    case 'postponed':
      return retryDelayMs(policy, 1, random());
  }
}

function usesUpAttempt(result: Waiting): boolean {
  return result.kind === 'unknown' || (result.kind === 'failed' && result.retryAfterMs === null);
}
