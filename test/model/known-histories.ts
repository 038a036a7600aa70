import type { History, Kind, Setup } from './history';

const SETUP: Setup = { ordering: 'none', concurrency: 2, handlerTimeoutMs: 4_000, processes: 1 };
const UNTIL_ALL_IS_DONE = [{ do: 'live', ms: 120_000 }] as const;
const NO_ENDINGS = { mail: [], book: [], note: [] };
const about = (kind: Kind, object: number) => ({ kind, object, created: 1 });

/**
 * Histories that went wrong once, made as short as they get. They are played first, always: add what a failure prints.
 */
export const KNOWN_HISTORIES: Readonly<Record<string, History>> = {
  'a handler that was given up writes through the manager of its transaction': {
    setup: SETUP,
    events: [{ ...about('invoice.paid', 0), endings: { ...NO_ENDINGS, book: ['late'] } }],
    seed: 0,
    actions: UNTIL_ALL_IS_DONE,
  },
  'a handler is given up within a transaction that it opened in its own': {
    setup: SETUP,
    events: [{ ...about('charge.failed', 0), endings: { ...NO_ENDINGS, note: ['hang'] } }],
    seed: 0,
    actions: UNTIL_ALL_IS_DONE,
  },
  'a handler waits for its transaction for longer than it may take': {
    setup: SETUP,
    events: [
      { ...about('charge.failed', 0), endings: { ...NO_ENDINGS, book: ['hang', 'hang'] } },
      { ...about('charge.failed', 1), endings: NO_ENDINGS },
    ],
    seed: 0,
    actions: UNTIL_ALL_IS_DONE,
  },
};
