import type { EventOutcome, RunRecord } from '../events';
import { retryDelayMs, type RetryPolicy } from './retry-policy';

/** How calling one handler ended. */
export type RunResult =
  | { readonly kind: 'succeeded'; readonly run: RunRecord; readonly recorded: boolean }
  | { readonly kind: 'failed'; readonly run: RunRecord; readonly retryAfterMs: number | null }
  /** Whether its transaction was committed cannot be told; the next attempt reads it from the record. */
  | { readonly kind: 'unknown'; readonly attempts: number; readonly error: string }
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

type Waiting = (RunResult & { kind: 'failed' }) | (RunResult & { kind: 'unknown' });

function isWaiting(result: RunResult): result is Waiting {
  return result.kind === 'unknown' || (result.kind === 'failed' && result.run.status === 'failed');
}

/** The soonest of what the handlers need; an attempt is used up unless all of them only asked for a delay. */
function dueAgain(waiting: readonly Waiting[], policy: RetryPolicy, random: () => number): EventOutcome {
  const delays = waiting.map((result) => {
    const asked = result.kind === 'failed' ? result.retryAfterMs : null;
    return asked ?? retryDelayMs(policy, result.kind === 'failed' ? result.run.attempts : result.attempts, random());
  });
  const [first] = waiting;
  return {
    status: 'pending',
    delayMs: Math.min(...delays),
    error: first === undefined ? null : first.kind === 'failed' ? first.run.error : first.error,
    counts: waiting.some((result) => result.kind === 'unknown' || result.retryAfterMs === null),
  };
}
