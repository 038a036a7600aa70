import type { EventEntity, RecordedEvent } from '../../src/events';
import { differences, isSettled, nameOfChange, problemsOfRow } from './event-changes';
import type { HandlerCall } from './handler-calls';
import type { Ending, Setup } from './history';
import { isTransactional, maxAttemptsOf } from './simulated-handlers';
import type { Actor } from './simulated-ledger';
import type { SimulatedProcess } from './simulated-process';
import { effectKey, NOTHING, runKey, type EventRow, type RunRow, type Snapshot, type SnapshotReader } from './snapshot';
import { problemsOf } from './transitions';

/** How long settled events are kept in histories. */
export const RETAIN_MS = 20_000;

interface Holder {
  readonly process: SimulatedProcess;
  readonly leaseNo: number;
}

/** Watches what is committed, by whom, and what handlers are called for; says what must not have happened. */
export class Oracle {
  readonly problems: string[] = [];
  /** What has happened, and how often. */
  readonly happened = new Map<string, number>();
  private readonly calls: HandlerCall[] = [];
  private readonly holders = new Map<string, Holder>();
  private readonly heldSince = new Map<string, number>();
  private readonly successes = new Map<string, number>();
  private readonly acknowledged = new Set<string>();
  private readonly newlyAcknowledged = new Map<string, number>();
  private readonly inserted = new Map<string, number>();
  private readonly pruned = new Set<string>();
  private seen: Snapshot = NOTHING;
  private latestMs = 0;

  constructor(
    private readonly setup: Setup,
    private readonly reader: SnapshotReader,
  ) {}

  get committed(): Snapshot {
    return this.seen;
  }

  /** What must be true when a process has stopped in time. */
  checkStopped(process: SimulatedProcess): void {
    for (const [id, { process: holder, leaseNo }] of this.holders) {
      const held = holder === process && this.isCurrent({ process, eventId: id, leaseNo });
      this.expect(
        !held || process.failures > 0,
        `event ${id} was not handed back by ${process.name}, which has stopped`,
      );
    }
  }

  everythingIsSettled(): boolean {
    return [...this.seen.events.values()].every(isSettled);
  }

  /** Looks at what this actor has committed just now. */
  observe(actor: Actor, nowMs: number): void {
    this.latestMs = Math.max(this.latestMs, nowMs);
    const present = this.reader.changed();
    if (present === undefined) {
      return;
    }
    const past = this.seen;
    this.seen = present;
    this.runs(actor, past, present);
    for (const id of new Set([...past.events.keys(), ...present.events.keys()])) {
      this.event({ id, actor, past, present, nowMs });
    }
    this.effects(present);
    present.events.forEach((row) => this.problems.push(...problemsOfRow(row)));
  }

  /** Told by a handler as it is called. */
  called(call: Pick<HandlerCall, 'process' | 'handler' | 'attempt'>, event: EventEntity, ending: Ending): HandlerCall {
    const { id: eventId, leaseNo, replayNo } = event;
    const made: HandlerCall = { ...call, eventId, leaseNo, replayNo, ending, state: 'running' };
    if (this.isCurrent(made)) {
      this.checkCall(made);
    }
    this.count(this.isCurrent(made) ? 'a handler is called' : 'a handler is called without the lease');
    this.calls.push(made);
    return made;
  }

  /** Told when a delivery is acknowledged. */
  acknowledge({ stripeId, isNew }: RecordedEvent): void {
    const there = [...this.seen.events.values()].some((row) => row.stripe_id === stripeId);
    this.expect(there || this.pruned.has(stripeId), `${stripeId} was acknowledged and is not stored`);
    this.acknowledged.add(stripeId);
    this.count(isNew ? 'an event is acknowledged' : 'a duplicate is acknowledged');
    if (isNew) {
      const times = (this.newlyAcknowledged.get(stripeId) ?? 0) + 1;
      this.newlyAcknowledged.set(stripeId, times);
      this.expect(
        times <= (this.inserted.get(stripeId) ?? 0),
        `${stripeId} was called new more often than it was stored`,
      );
    }
  }

  private countCalls(): void {
    for (const { aborted, abortedLate, state, handler } of this.calls) {
      if (aborted !== undefined) {
        this.count(`a handler is told of ${aborted.constructor.name}${state === 'running' ? '' : ', and ends later'}`);
      }
      if (abortedLate !== undefined && isTransactional(handler)) {
        this.count('a transaction is in doubt');
      }
    }
  }

  /** What must be true when everything has come to rest. */
  checkRest(): void {
    this.countCalls();
    const rows = [...this.seen.events.values()];
    for (const row of rows) {
      this.expect(isSettled(row), `event ${row.id} is ${row.status} for ever`);
    }
    const stored = new Set(rows.map(({ stripe_id }) => stripe_id));
    this.expect(stored.size === rows.length, 'an event is stored twice');
    for (const stripeId of this.acknowledged) {
      this.expect(stored.has(stripeId) || this.pruned.has(stripeId), `${stripeId} was acknowledged and is lost`);
    }
    this.expect(this.reader.countStrays() === 0, 'events, bodies and runs do not belong together');
  }

  /** Says that something has happened. */
  count(what: string): void {
    this.happened.set(what, (this.happened.get(what) ?? 0) + 1);
  }

  private expect(holds: boolean, problem: string): void {
    if (!holds) {
      this.problems.push(problem);
    }
  }

  private isCurrent({ process, eventId, leaseNo }: Pick<HandlerCall, 'process' | 'eventId' | 'leaseNo'>): boolean {
    const row = this.seen.events.get(eventId);
    const holder = this.holders.get(eventId);
    const holds = holder?.process === process && holder.leaseNo === leaseNo;
    return holds && row?.status === 'processing' && row.lease_no === leaseNo;
  }

  private checkCall(call: HandlerCall): void {
    const { eventId, handler, attempt, replayNo } = call;
    const what = `${handler} was called for ${eventId}`;
    const run = this.seen.runs.get(runKey({ event_id: eventId, replay_no: replayNo, handler }));
    this.expect(run === undefined || run.status === 'failed', `${what}, though its run ${run?.status ?? ''} already`);
    this.expect(attempt === (run?.attempts ?? 0) + 1, `${what} as attempt ${attempt} after ${run?.attempts ?? 0}`);
    this.expect(attempt <= maxAttemptsOf(handler), `${what} more often than its limit`);
    this.checkCallsBefore(call, what);
    const object = this.seen.events.get(eventId)?.object_id ?? null;
    const running = this.calls.filter((other) => other.state === 'running' && other.aborted === undefined && this.isCurrent(other)); // prettier-ignore
    for (const other of running) {
      this.expect(other.eventId !== eventId, `${what} while ${other.handler} is running for it`);
      const shared = object !== null && this.seen.events.get(other.eventId)?.object_id === object;
      this.expect(
        !shared || this.setup.ordering === 'none',
        `${what} while ${other.eventId} of the same object is in work`,
      );
    }
  }

  /** A crash in the next handler must not repeat the one before. */
  private checkCallsBefore({ process, eventId, leaseNo }: HandlerCall, what: string): void {
    const before = this.calls.filter((one) => one.eventId === eventId && one.leaseNo === leaseNo && one.process === process); // prettier-ignore
    const ended = before.filter(({ state, aborted, abortedLate }) => state !== 'running' && (aborted ?? abortedLate) === undefined); // prettier-ignore
    for (const call of process.faults.length === 0 ? ended : []) {
      const run = this.seen.runs.get(runKey({ event_id: eventId, replay_no: call.replayNo, handler: call.handler }));
      this.expect(
        run !== undefined && isRecordOf(run, call),
        `${what} before it was recorded how ${call.handler} ended`,
      );
    }
  }

  private event(change: { id: string; actor: Actor; past: Snapshot; present: Snapshot; nowMs: number }): void {
    const { id, actor, past, present } = change;
    const [before, after] = [past.events.get(id), present.events.get(id)];
    if (before === undefined && after !== undefined) {
      this.expect(actor.role === 'record', `event ${id} came from ${actor.role}`);
      this.inserted.set(after.stripe_id, (this.inserted.get(after.stripe_id) ?? 0) + 1);
    } else if (before !== undefined && after === undefined) {
      this.deleted(actor, before);
    } else if (before !== undefined && after !== undefined && JSON.stringify(before) !== JSON.stringify(after)) {
      this.changed(change, before, after);
    }
  }

  private deleted(actor: Actor, before: EventRow): void {
    const old = before.processed_at !== null && before.processed_at < this.latestMs - RETAIN_MS;
    const settled = before.status === 'succeeded' || before.status === 'ignored';
    this.expect(actor.role === 'prune' && settled && old, `event ${before.id}, ${before.status}, was deleted by ${actor.role}`); // prettier-ignore
    this.pruned.add(before.stripe_id);
    this.count('an event is deleted');
  }

  private changed(
    { actor, past, present, nowMs }: { actor: Actor; past: Snapshot; present: Snapshot; nowMs: number },
    before: EventRow,
    after: EventRow,
  ): void {
    const holder = this.holders.get(before.id);
    const found = problemsOf({
      ...{ actor, setup: this.setup, before, after, past, present, nowMs },
      holds: holder?.process === actor.process && holder.leaseNo === before.lease_no,
      heldSinceMs: this.heldSince.get(before.id),
      calls: this.calls.filter((call) => call.eventId === before.id && call.leaseNo === before.lease_no && call.process === actor.process), // prettier-ignore
    });
    this.count(nameOfChange(actor, before, after));
    found.forEach((problem) =>
      this.problems.push(
        `event ${before.id}: ${problem} (${actor.process.name}, ${actor.role}: ${differences(before, after)})`,
      ),
    );
    if (after.held_since === null) {
      this.heldSince.delete(after.id);
    } else if (before.held_since === null) {
      this.heldSince.set(after.id, nowMs);
    }
    if (after.status === 'processing' && after.lease_no !== before.lease_no) {
      this.holders.set(after.id, { process: actor.process, leaseNo: after.lease_no });
    } else if (after.status !== 'processing') {
      this.holders.delete(after.id);
    }
  }

  private runs(actor: Actor, past: Snapshot, present: Snapshot): void {
    for (const key of new Set([...past.runs.keys(), ...present.runs.keys()])) {
      const [before, after] = [past.runs.get(key), present.runs.get(key)];
      if (after === undefined) {
        this.count(`a run is deleted by ${actor.role}`);
        this.expect(actor.role === 'replay' || actor.role === 'prune', `run ${key} was deleted by ${actor.role}`);
      } else if (before?.status !== after.status || before.attempts !== after.attempts) {
        this.expect(before === undefined || before.status === 'failed', `run ${key} was recorded again`);
        this.recorded(actor, after, past);
      }
    }
  }

  /** A run is recorded by the worker that has the event, and as the handler ended that it called under this lease. */
  private recorded(actor: Actor, run: RunRow, past: Snapshot): void {
    const key = runKey(run);
    const event = past.events.get(run.event_id);
    const holder = this.holders.get(run.event_id);
    const holds =
      holder?.process === actor.process && event?.status === 'processing' && holder.leaseNo === event.lease_no;
    this.expect(actor.role === 'work' && holds, `run ${key} was recorded by ${actor.process.name} without the lease`);
    this.expect(run.replay_no === event?.replay_no, `run ${key} was recorded for another replay`);
    this.expect(run.attempts <= maxAttemptsOf(run.handler), `run ${key} has ${run.attempts} attempts`);
    this.count(`a run ${run.status === 'succeeded' ? 'succeeds' : run.status}`);
    const call = this.calls.findLast((one) => one.eventId === run.event_id && one.handler === run.handler && one.leaseNo === event?.lease_no && one.process === actor.process); // prettier-ignore
    this.expect(call !== undefined && isRecordOf(run, call), `run ${key}, ${run.status}, is not how its handler ended`);
    if (run.status === 'succeeded') {
      this.successes.set(effectKey(run), (this.successes.get(effectKey(run)) ?? 0) + 1);
    }
  }

  /** Committed together with the record of their run, the effects are as many as the recorded successes at any time. */
  private effects({ effects }: Snapshot): void {
    for (const key of new Set([...effects.keys(), ...this.successes.keys()])) {
      const [there, due] = [effects.get(key) ?? 0, this.successes.get(key) ?? 0];
      const transactional = isTransactional(key.split(' ')[1] ?? '');
      this.expect(!transactional || there === due, `${key} has ${there} effects after ${due} recorded successes`);
    }
  }
}

function isRecordOf(run: RunRow, call: HandlerCall): boolean {
  switch (run.status) {
    case 'succeeded':
      return call.state === 'returned' && run.attempts === call.attempt;
    case 'failed':
      return run.attempts === (call.ending === 'retry' ? call.attempt - 1 : call.attempt) || call.aborted !== undefined;
    case 'dead':
      return run.attempts === call.attempt && (call.ending === 'unrecoverable' || call.attempt >= maxAttemptsOf(call.handler)); // prettier-ignore
  }
}
