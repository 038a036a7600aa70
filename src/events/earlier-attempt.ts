/** A call of a handler that failed, and was followed by another. */
export interface EarlierAttempt {
  /** Which attempt it was, from 1; one that asked for a delay has the number of the one before it. */
  readonly attempt: number;
  /** When it began, in epoch milliseconds. */
  readonly startedAtMs: number;
  readonly durationMs: number;
  /** What it failed with, without secrets, at most 1,000 characters. */
  readonly error: string | null;
}

/** A run as it was recorded, before its handler is called again. */
export interface RecordedRun {
  readonly attempts: number;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly error: string | null;
  readonly earlier: readonly EarlierAttempt[] | null;
}

/** So that the text is shorter than the 65,535 bytes of MySQL's: a character takes three of them at most. */
const MOST_KEPT = 20;
const LONGEST_ERROR = 1_000;

/** The attempts before the next one, oldest first: the latest 20. */
export function attemptsBefore(run: RecordedRun | undefined): readonly EarlierAttempt[] {
  if (run === undefined) {
    return [];
  }
  const { attempts, startedAt, durationMs, error } = run;
  const latest = { attempt: attempts, startedAtMs: startedAt.getTime(), durationMs, error: shortened(error) };
  return [...(run.earlier ?? []), latest].slice(-MOST_KEPT);
}

/** Nothing where there are none: most handlers succeed at once. */
export function textOfAttempts(attempts: readonly EarlierAttempt[] = []): string | null {
  return attempts.length === 0 ? null : JSON.stringify(attempts);
}

/** What {@link textOfAttempts} has written, as a column gives it. What cannot be read must not hold an event up. */
export function attemptsOfText(text: unknown): readonly EarlierAttempt[] | null {
  try {
    return typeof text === 'string' ? (JSON.parse(text) as EarlierAttempt[]) : null;
  } catch {
    return null;
  }
}

function shortened(error: string | null): string | null {
  return error === null || error.length <= LONGEST_ERROR ? error : `${error.slice(0, LONGEST_ERROR - 1)}…`;
}
