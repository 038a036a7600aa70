import fc from 'fast-check';
import type { Fault } from './simulated-ledger';

/**
 * How one call of a handler goes. `slow` takes a few seconds, `late` begins with them, `hang` never settles, and `crash`
 * takes the process down.
 */
export type Ending = 'ok' | 'slow' | 'late' | 'fail' | 'retry' | 'unrecoverable' | 'hang' | 'crash';

/** The handlers of the simulated application. */
export type HandlerId = 'mail' | 'book' | 'note';

/** The kinds of events there are; `broken` is no event at all. */
export type Kind = 'invoice.paid' | 'charge.failed' | 'customer.updated' | 'ping' | 'broken';

/** An event that Stripe delivers, and how each handler's calls for it end, one after the other; then they succeed. */
export interface EventPlan {
  readonly kind: Kind;
  readonly object: number;
  /** Stripe's time in seconds; null where the event has none. */
  readonly created: number | null;
  readonly endings: Readonly<Record<HandlerId, readonly Ending[]>>;
}

/** How the processes are set up. */
export interface Setup {
  readonly ordering: 'none' | 'object';
  readonly concurrency: number;
  /** Shorter or longer than the lease. */
  readonly handlerTimeoutMs: number;
  readonly processes: number;
}

/** One thing that happens. `at` names a process by its place. */
export type Action =
  | { readonly do: 'deliver'; readonly at: number; readonly event: number }
  /** So many flows go on from gate to gate, picked by chance. */
  | { readonly do: 'run'; readonly steps: number }
  /** Time passes, and everybody who can goes on. */
  | { readonly do: 'live'; readonly ms: number }
  /** Time passes, and nobody goes on: timers fire, but nothing that waits is let through. */
  | { readonly do: 'stall'; readonly ms: number }
  /** A process is silent for a while, as if it was stopped, and then goes on as if nothing had happened. */
  | { readonly do: 'freeze'; readonly at: number; readonly ms: number }
  | { readonly do: 'crash' | 'start' | 'pause' | 'resume' | 'stop'; readonly at: number }
  | {
      readonly do: 'replay';
      readonly at: number;
      readonly event: number;
      readonly handlers: readonly string[] | undefined;
    }
  | { readonly do: 'replay-dead' | 'replay-all'; readonly at: number; readonly handlers: readonly string[] | undefined }
  | { readonly do: 'prune'; readonly at: number }
  | { readonly do: 'set-database-clock'; readonly by: number }
  | { readonly do: 'set-process-clock'; readonly at: number; readonly by: number }
  /** The next call of the process to the database fails. */
  | ({ readonly do: 'fault'; readonly at: number } & Fault);

/** What happens: each event is delivered once, then all else in its order; the seed decides what is left to chance. */
export interface History {
  readonly setup: Setup;
  readonly events: readonly EventPlan[];
  readonly seed: number;
  readonly actions: readonly Action[];
}

const HANDLER_IDS: readonly HandlerId[] = ['mail', 'book', 'note'];
const places = fc.nat(2);
const events = fc.nat(5);
const handlers = fc.option(fc.subarray([...HANDLER_IDS], { minLength: 1 }), { nil: undefined });
const milliseconds = fc.constantFrom(20, 500, 3_000, 6_000, 12_000, 40_000);
const longerThanLease = fc.constantFrom(11_000, 16_000, 40_000);
// A statement that was done is not refused, only its answer can be lost.
const faults = fc.constantFrom<Fault>(
  { when: 'before', why: 'disk' },
  { when: 'middle', why: 'disk' },
  { when: 'after', why: 'disk' },
  { when: 'middle', why: 'statement' },
);
const jumps = fc.constantFrom(-60_000, -5_000, 5_000, 12_000, 30_000, 120_000);

function weighted<T>(weights: readonly (readonly [number, fc.Arbitrary<T>])[]): fc.Arbitrary<T> {
  return fc.oneof(...weights.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

const ending = weighted<Ending>([
  [4, fc.constant('ok')],
  [3, fc.constant('fail')],
  [4, fc.constantFrom('slow', 'late', 'retry', 'unrecoverable', 'hang')],
  [1, fc.constant('crash')],
]);
const fatal = fc.constant<Ending[]>(['crash', 'crash', 'crash', 'crash', 'crash', 'crash']);
const endings = weighted<Ending[]>([
  [12, fc.array(ending, { maxLength: 5, size: 'max' })],
  [1, fatal],
]);

const event: fc.Arbitrary<EventPlan> = fc.record({
  kind: weighted<Kind>([
    [8, fc.constantFrom('invoice.paid', 'charge.failed')],
    [3, fc.constantFrom('customer.updated', 'ping', 'broken')],
  ]),
  object: fc.nat(1),
  created: fc.option(fc.nat(3), { nil: null, freq: 6 }),
  endings: fc.record({ mail: endings, book: endings, note: endings }),
});

const setup: fc.Arbitrary<Setup> = fc.record({
  ordering: fc.constantFrom('none', 'object'),
  concurrency: fc.integer({ min: 1, max: 3 }),
  handlerTimeoutMs: fc.constantFrom(4_000, 25_000),
  processes: weighted([
    [1, fc.constant(1)],
    [6, fc.constantFrom(2, 3)],
  ]),
});

const action = weighted<Action>([
  [6, fc.record({ do: fc.constant('deliver'), at: places, event: events })],
  [20, fc.record({ do: fc.constant('run'), steps: fc.integer({ min: 1, max: 40 }) })],
  [8, fc.record({ do: fc.constant('live'), ms: milliseconds })],
  [2, fc.record({ do: fc.constant('stall'), ms: milliseconds })],
  [5, fc.record({ do: fc.constant('freeze'), at: places, ms: longerThanLease })],
  [5, fc.record({ do: fc.constant('crash'), at: places })],
  [10, fc.record({ do: fc.constant('start'), at: places })],
  [2, fc.record({ do: fc.constant('pause'), at: places })],
  [3, fc.record({ do: fc.constant('resume'), at: places })],
  [3, fc.record({ do: fc.constant('stop'), at: places })],
  [3, fc.record({ do: fc.constant('replay'), at: places, event: events, handlers })],
  [2, fc.record({ do: fc.constantFrom('replay-dead', 'replay-all'), at: places, handlers })],
  [2, fc.record({ do: fc.constant('prune'), at: places })],
  [3, fc.record({ do: fc.constant('set-database-clock'), by: jumps })],
  [1, fc.record({ do: fc.constant('set-process-clock'), at: places, by: jumps })],
  [4, fc.tuple(places, faults).map(([at, fault]) => ({ do: 'fault', at, ...fault }))],
]);

/** Histories of everything that can happen to a few events. */
export const histories: fc.Arbitrary<History> = fc.record({
  setup,
  events: fc.array(event, { minLength: 1, maxLength: 6, size: 'max' }),
  seed: fc.nat(),
  actions: fc.array(action, { minLength: 1, maxLength: 60, size: 'max' }),
});
