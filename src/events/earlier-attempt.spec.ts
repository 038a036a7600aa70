import { describe, expect, it } from '@jest/globals';
import { attemptsBefore, attemptsOfText, textOfAttempts, type RecordedRun } from './earlier-attempt';

/** The most that a text column of MySQL's holds. */
const MOST_BYTES = 65_535;

function recorded(parts: Partial<RecordedRun> = {}): RecordedRun {
  return { attempts: 1, startedAt: new Date(1_000), durationMs: 5, error: 'no', earlier: null, ...parts };
}

describe('the attempts before', () => {
  it('are none for a handler that was not called yet, and take no room', () => {
    expect(attemptsBefore(undefined)).toEqual([]);
    expect(textOfAttempts([])).toBeNull();
    expect(attemptsOfText(null)).toBeNull();
  });

  it('are the latest one, behind those that were before it', () => {
    const first = attemptsBefore(recorded({ error: 'first' }));
    const second = attemptsBefore(recorded({ attempts: 2, startedAt: new Date(2_000), earlier: first }));
    expect(second).toEqual([
      { attempt: 1, startedAtMs: 1_000, durationMs: 5, error: 'first' },
      { attempt: 2, startedAtMs: 2_000, durationMs: 5, error: 'no' },
    ]);
    expect(attemptsOfText(textOfAttempts(second))).toEqual(second);
  });

  it.each(['漢', '"', '\n', '🎉', '�'])('fit into every column, however many there were, with %j', (character) => {
    let run = recorded();
    for (let attempts = 1; attempts <= 100; attempts++) {
      const earlier = attemptsBefore(run);
      run = recorded({ attempts, startedAt: new Date(Date.now()), durationMs: 2 ** 31 - 1, error: character.repeat(2_000 / character.length), earlier }); // prettier-ignore
    }
    const kept = attemptsBefore(run);
    expect(kept.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 20 }, (_, index) => 81 + index));
    expect(Buffer.byteLength(textOfAttempts(kept) ?? '')).toBeLessThan(MOST_BYTES);
  });

  it('hold nothing up that somebody has put there by hand', () => {
    expect(attemptsOfText('[{"attempt":')).toBeNull();
  });
});
