import { describe, expect, it } from '@jest/globals';
import { verdict, type RunResult } from './event-verdict';

const POLICY = { maxAttempts: 3, baseMs: 100, factor: 2, maxMs: 1_000 };
const half = (): number => 0.5;

function run(status: 'succeeded' | 'failed' | 'dead', error: string | null = null) {
  return { handler: 'h', status, attempts: 2, startedAtMs: 0, finishedAtMs: 1, error };
}

const SUCCEEDED: RunResult = { kind: 'succeeded', run: run('succeeded'), recorded: false };
const FAILED: RunResult = { kind: 'failed', run: run('failed', 'oops'), retryAfterMs: null };
const DEAD: RunResult = { kind: 'failed', run: run('dead', 'never'), retryAfterMs: null };
const LATER: RunResult = { kind: 'failed', run: run('failed', 'busy'), retryAfterMs: 7 };

describe('what becomes of an event', () => {
  it.each([
    ['all succeeded', [SUCCEEDED, SUCCEEDED], [], { status: 'succeeded' }],
    ['one is given up', [SUCCEEDED, DEAD], [], { status: 'dead', error: 'never' }],
    ['one was given up before', [SUCCEEDED], ['earlier'], { status: 'dead', error: 'earlier' }],
    ['one is to be tried again', [DEAD, FAILED], [], { status: 'pending', delayMs: 100, error: 'oops', counts: true }],
    [
      'all only asked for a delay',
      [SUCCEEDED, LATER],
      [],
      { status: 'pending', delayMs: 7, error: 'busy', counts: false },
    ],
    [
      'one failed, one asked for a delay',
      [LATER, FAILED],
      [],
      { status: 'pending', delayMs: 7, error: 'busy', counts: true },
    ],
    [
      'a commit is in doubt',
      [{ kind: 'unknown', attempts: 1, error: 'lost' }],
      [],
      { status: 'pending', delayMs: 50, error: 'lost', counts: true },
    ],
    [
      'a handler could not be called',
      [SUCCEEDED, { kind: 'postponed', error: 'no connection' }],
      [],
      { status: 'pending', delayMs: 50, error: 'no connection', counts: false },
    ],
    [
      'one could not be called, and one failed',
      [FAILED, { kind: 'postponed', error: 'no connection' }],
      [],
      { status: 'pending', delayMs: 50, error: 'oops', counts: true },
    ],
  ] as [string, RunResult[], string[], object][])('when %s', (_when, results, deadBefore, expected) => {
    expect(verdict(results, deadBefore, POLICY, half)).toEqual(expected);
  });
});
