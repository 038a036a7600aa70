import { ShutdownError } from '../../src/errors';
import type { HandlerCall } from './handler-calls';
import type { Setup } from './history';
import { handlersOf, MAX_ATTEMPTS, maxAttemptsOf } from './simulated-handlers';
import type { Actor } from './simulated-ledger';
import { LEASE_MS, PATIENCE_MS } from './simulated-process';
import { runKey, type EventRow, type RunRow, type Snapshot } from './snapshot';

/** Most workers that may vanish with an event. */
export const MOST_LOST = 5;
/** How long an event that had to wait may be put off at most. */
const LONGEST_HOLD_MS = PATIENCE_MS;

/** How long a failed event waits at most: as long as handlers ask for. */
const LONGEST_DELAY_MS = 7_000;
/** How far apart lost events are set at most. */
const LONGEST_SPREAD_MS = 10_000 * 2 ** (MOST_LOST - 2);

/** One change of an event's row, and what is known around it. */
export interface Transition {
  readonly actor: Actor;
  readonly setup: Setup;
  readonly before: EventRow;
  readonly after: EventRow;
  readonly past: Snapshot;
  readonly present: Snapshot;
  readonly nowMs: number;
  /** Whether the actor's process was the last to claim the event, and has the lease by that. */
  readonly holds: boolean;
  /** Since when an earlier event has kept this one waiting, by the database's clock. */
  readonly heldSinceMs: number | undefined;
  /** The calls of handlers that were made under the lease which the event had before. */
  readonly calls: readonly HandlerCall[];
}

/** What is wrong with the change; nothing where it is allowed. */
export function problemsOf(transition: Transition): string[] {
  const { after, actor } = transition;
  const common = [
    ...broken(after.lost <= MOST_LOST, `it was lost ${after.lost} times`),
    ...broken(after.attempts >= 0, 'its attempts are below zero'),
  ];
  switch (actor.role) {
    case 'record':
    case 'prune':
      return [...common, `it was changed by a part that may not change events (${actor.role})`];
    case 'replay':
      return [...common, ...replayed(transition)];
    case 'work':
      return [...common, ...worked(transition)];
  }
}

function broken(holds: boolean, problem: string): string[] {
  return holds ? [] : [problem];
}

function replayed({ before, after, nowMs }: Transition): string[] {
  const lane = before.status === 'pending' ? before.lane : 1;
  return [
    ...broken(after.lane === lane, `a replay put it into lane ${after.lane}`),
    ...broken((after.next_attempt_at ?? Infinity) <= nowMs, 'it was replayed and is not due'),
    ...broken(before.status !== 'processing', 'it was replayed while a worker had it'),
    ...broken(after.status === 'pending', `a replay made it ${after.status}`),
    ...broken(after.lease_no > before.lease_no, 'a replay left the lease of before valid'),
    ...broken(after.attempts === 0 && after.lost === 0, 'a replay left its attempts'),
  ];
}

function worked(transition: Transition): string[] {
  const { before, after } = transition;
  const same = broken(after.replay_no === before.replay_no && after.lane === before.lane, 'a worker replayed it');
  if (before.status === 'processing') {
    return [...same, ...(after.lost > before.lost ? reaped(transition) : written(transition))];
  }
  if (before.status !== 'pending') {
    return [...same, `a settled event (${before.status}) became ${after.status}`];
  }
  return [...same, ...(after.status === 'processing' ? claimed(transition) : putOff(transition))];
}

function claimed(transition: Transition): string[] {
  const { before, after, nowMs, setup } = transition;
  return [
    ...broken((before.next_attempt_at ?? Infinity) <= nowMs, 'it was claimed before it was due'),
    ...broken(after.lease_no === before.lease_no + 1, 'it was claimed without a new lease'),
    ...broken(after.attempts === before.attempts + 1, 'it was claimed without counting the attempt'),
    ...broken(after.lease_until === nowMs + LEASE_MS, 'its lease has a wrong length'),
    ...(setup.ordering === 'object' ? claimedInOrder(transition) : []),
  ];
}

function claimedInOrder({ before, past, present, nowMs, heldSinceMs }: Transition): string[] {
  const together = siblingsOf(before, present).filter(({ status }) => status === 'processing');
  const earlier = siblingsOf(before, past).filter((other) => other.status === 'pending' && comesBefore(other, before));
  const patient = heldSinceMs === undefined || nowMs < heldSinceMs + PATIENCE_MS;
  return [
    ...together.map((other) => `it is in work together with ${other.id}, of the same object`),
    ...(patient ? earlier.map((other) => `it was claimed before ${other.id}, which is earlier and waits`) : []),
  ];
}

function siblingsOf({ id, object_id }: EventRow, { events }: Snapshot): EventRow[] {
  return [...events.values()].filter((other) => other.object_id === object_id && object_id !== null && other.id !== id);
}

/** Whoever releases an event calls the first of those that it has kept waiting. */
function nextIsCalled({ after, present, nowMs, setup }: Transition): string[] {
  const [first] = siblingsOf(after, present)
    .filter(({ status, held_since, created_at }) => status === 'pending' && held_since !== null && created_at !== null)
    .sort((a, b) => (comesBefore(a, b) ? -1 : 1));
  const needed = setup.ordering === 'object' && after.status !== 'processing' && first !== undefined;
  const dueAt = Math.max(nowMs, first?.held_since ?? 0);
  return broken(
    !needed || (first.next_attempt_at ?? 0) <= dueAt,
    `${first?.id ?? ''}, which waits for it, was not called`,
  );
}

/** Only where Stripe's time says so: events without it stand where they arrived, by clocks that may have been set. */
function comesBefore(a: EventRow, b: EventRow): boolean {
  if (a.created_at === null || b.created_at === null) {
    return false;
  }
  return a.created_at === b.created_at ? a.id < b.id : a.created_at < b.created_at;
}

function putOff({ before, after, nowMs, setup }: Transition): string[] {
  const dueAt = after.next_attempt_at ?? Infinity;
  const woken = before.held_since !== null && dueAt <= (before.next_attempt_at ?? 0);
  const held = after.held_since !== null && dueAt <= nowMs + LONGEST_HOLD_MS;
  const untouched = after.lease_no === before.lease_no && after.attempts === before.attempts;
  return [
    ...broken(after.status === 'pending', `a worker that does not have it made it ${after.status}`),
    ...broken(setup.ordering === 'object' && (woken || held) && untouched, 'a worker that does not have it changed it'),
  ];
}

function reaped(transition: Transition): string[] {
  const { before, after, nowMs } = transition;
  return [
    ...nextIsCalled(transition),
    ...dueWithin(LONGEST_SPREAD_MS, transition),
    ...broken((before.lease_until ?? 0) < nowMs, 'it was taken from a worker whose lease had not ended'),
    ...broken(after.lost === before.lost + 1, 'one vanished worker was counted as several'),
    ...broken(
      after.status === (after.lost >= MOST_LOST ? 'dead' : 'pending'),
      `a vanished worker made it ${after.status}`,
    ),
    ...broken(after.attempts === before.attempts, 'a vanished worker changed its attempts'),
  ];
}

function written(transition: Transition): string[] {
  const { holds, before, after } = transition;
  const mine = broken(holds && after.lease_no === before.lease_no, 'a worker without its lease wrote to it');
  return [...mine, ...outcome(transition), ...nextIsCalled(transition)];
}

function outcome(transition: Transition): string[] {
  const { actor, before, after, present } = transition;
  const handlers = handlersOf(after.kind);
  const ended = (status: RunRow['status']): string[] =>
    handlers.filter((handler) => present.runs.get(runKey({ event_id: after.id, replay_no: after.replay_no, handler }))?.status === status); // prettier-ignore
  // Its body is no event, or its preparation was refused to the end.
  const refused = actor.process.faults.some(({ why }) => why === 'statement') && before.attempts >= MAX_ATTEMPTS;
  const unusable = after.kind === 'unknown' || refused;
  const kept = broken(after.attempts === before.attempts, 'settling it changed its attempts');
  switch (after.status) {
    case 'processing':
      return kept;
    case 'succeeded':
      return [
        ...kept,
        ...broken(ended('succeeded').length === handlers.length, 'it succeeded, though not all of its handlers have'),
      ];
    case 'dead':
      return [...kept, ...broken(ended('dead').length > 0 || unusable, 'it died, though no handler gave up')]; // prettier-ignore
    case 'ignored':
      return [...kept, ...broken(handlers.length === 0, 'it was ignored, though a handler asks for it')];
    case 'pending':
      return [...attemptCounted(transition), ...dueWithin(LONGEST_DELAY_MS, transition)];
  }
}

function dueWithin(ms: number, { after, nowMs }: Transition): string[] {
  const inMs = (after.next_attempt_at ?? nowMs) - nowMs;
  return broken(inMs >= 0 && inMs <= ms, `it is due again in ${inMs} ms`);
}

/** An attempt is used up by a failure that does not ask for a delay, and given back otherwise: also at shutdown. */
function attemptCounted({ actor, before, after, calls }: Transition): string[] {
  const used = 1 - (before.attempts - after.attempts);
  const doubtful = calls.some(({ abortedLate }) => abortedLate !== undefined) || actor.process.faults.length > 0;
  if (doubtful) {
    return broken(used === 0 || used === 1, `it used up ${used} attempts`);
  }
  if (calls.some(({ aborted }) => aborted instanceof ShutdownError) || !calls.some(isCountedFailure)) {
    return broken(used === 0, 'an attempt that nobody failed was not given back');
  }
  return broken(used === 1 || actor.process.stopping, 'a failed attempt was given back');
}

function isCountedFailure({ ending, state, aborted, handler, attempt }: HandlerCall): boolean {
  const failed = aborted !== undefined || (state === 'threw' && ending === 'fail');
  return failed && attempt < maxAttemptsOf(handler);
}
