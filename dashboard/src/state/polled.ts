import { useEffect } from 'preact/hooks';
import { useSignal, type ReadonlySignal } from '@preact/signals';
import { ApiError } from '../api/request';

/** What was last answered, and what is wrong since. */
export interface Polled<Answer> {
  readonly answer: Answer | null;
  readonly problem: ApiError | null;
}

/** What to ask, and how often. */
export interface Poll<Answer> {
  /** Asked anew, from nothing, when this changes. */
  readonly key: string;
  readonly load: (signal: AbortSignal) => Promise<Answer>;
  /** How long to wait between an answer and the next question; it may depend on the answer. null: ask only once. */
  readonly every: (answer: Answer | null) => number | null;
}

const NOTHING = { answer: null, problem: null };

/** Keeps asking while the page is looked at, one question at a time. */
export function usePolled<Answer>({ key, load, every }: Poll<Answer>): ReadonlySignal<Polled<Answer>> {
  const state = useSignal<Polled<Answer>>(NOTHING);
  useEffect(() => {
    state.value = NOTHING;
    return poll(load, every, (change) => {
      state.value = { ...state.value, ...change };
    });
  }, [key]);
  return state;
}

/** Returns how to stop. */
function poll<Answer>(
  load: Poll<Answer>['load'],
  every: Poll<Answer>['every'],
  report: (change: Partial<Polled<Answer>>) => void,
): () => void {
  const stopped = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let latest: Answer | null = null;

  async function turn(): Promise<void> {
    if (!document.hidden) {
      await load(stopped.signal).then(
        (answer) => {
          latest = answer;
          if (!stopped.signal.aborted) report({ answer, problem: null });
        },
        (error: unknown) => {
          if (!stopped.signal.aborted) report({ problem: asApiError(error) });
        },
      );
    }
    const wait = every(latest);
    if (!stopped.signal.aborted && wait !== null) timer = setTimeout(() => void turn(), wait);
  }

  void turn();
  return () => {
    clearTimeout(timer);
    stopped.abort();
  };
}

export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(0, 'UNKNOWN', String(error));
}
