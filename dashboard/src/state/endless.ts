import { useEffect } from 'preact/hooks';
import { useSignal, type ReadonlySignal } from '@preact/signals';
import type { ApiError } from '../api/request';
import { asApiError } from './polled';

/** A page of a list. */
export interface PageOf<Item> {
  readonly data: readonly Item[];
  readonly nextCursor: string | null;
}

/** A list of which more is fetched when its end comes into sight. */
export interface Endless<Item> {
  readonly items: readonly Item[];
  readonly busy: boolean;
  readonly done: boolean;
  readonly problem: ApiError | null;
}

/** How to fetch a page; the list begins anew when the key changes. */
export interface EndlessSource<Item> {
  readonly key: string;
  readonly load: (cursor: string | undefined, signal: AbortSignal) => Promise<PageOf<Item>>;
}

interface Progress<Item> {
  readonly state: Endless<Item>;
  readonly cursor: string | undefined;
  readonly abort: AbortController;
}

const fresh = <Item>(): Progress<Item> => ({
  state: { items: [], busy: false, done: false, problem: null },
  cursor: undefined,
  abort: new AbortController(),
});

/** Returns the list, and how to fetch more of it. */
export function useEndless<Item>(source: EndlessSource<Item>): { list: Endless<Item>; more: () => void } {
  const progress = useSignal<Progress<Item>>(fresh<Item>());
  const more = (): void => void fetchMore(progress, source);
  useEffect(() => {
    progress.value = fresh<Item>();
    more();
    return () => progress.value.abort.abort();
  }, [source.key]);
  return { list: progress.value.state, more };
}

async function fetchMore<Item>(
  progress: ReadonlySignal<Progress<Item>> & { value: Progress<Item> },
  { load }: EndlessSource<Item>,
): Promise<void> {
  const { state, cursor, abort } = progress.peek();
  if (state.busy || state.done) return;
  progress.value = { state: { ...state, busy: true, problem: null }, cursor, abort };
  const next = await load(cursor, abort.signal).then(
    (page) => ({
      state: { items: [...state.items, ...page.data], busy: false, done: page.nextCursor === null, problem: null },
      cursor: page.nextCursor ?? undefined,
      abort,
    }),
    (error: unknown) => ({ state: { ...state, busy: false, problem: asApiError(error) }, cursor, abort }),
  );
  if (!abort.signal.aborted) progress.value = next;
}
