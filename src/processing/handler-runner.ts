import { Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Stop, type Clock } from '../common';
import type { CustomerEntity } from '../customers';
import type { LedgerDatabase } from '../database';
import { HandlerTimeoutError, LeaseLostError, ShutdownError } from '../errors';
import {
  attemptsBefore,
  type EventEntity,
  type LeaseStore,
  type RecordedRun,
  type RunRecord,
  type StripeEventLike,
} from '../events';
import type { RegisteredHandler } from '../handlers';
import type { StripeClients } from '../stripe-api';
import { UNWATCHED, type StripeTelemetry } from '../telemetry';
import type { RunResult } from './event-verdict';
import { handlerContext } from './handler-context';
import { handlerEnd } from './handler-end';
import { isInstance, readFailure } from './handler-failure';
import { orAborted, orGivenUp } from './settling';

/** An event that is being handled. */
export interface RunningEvent {
  readonly record: EventEntity;
  readonly event: StripeEventLike;
  readonly customer: CustomerEntity | null;
  /** Aborted when the lease is lost, or the application stops. */
  readonly stop: Stop;
}

/** The limits of a handler that brings none of its own. */
export interface RunLimits {
  readonly maxAttempts: number;
  readonly timeoutMs: number;
}

interface Call {
  readonly handler: RegisteredHandler;
  readonly running: RunningEvent;
  readonly before: RecordedRun | undefined;
  readonly attempt: number;
  /** When the handler was called; null while its transaction is waited for. */
  startedAtMs: number | null;
  /** Begins the handler's own time. */
  readonly begin: () => void;
  /** Aborted together with the event's, and when the handler's time is over. */
  readonly stop: Stop;
}

/** How long a transaction may take to end after its handler was stopped: it may be waiting for a lock. */
const ROLLBACK_MS = 1_000;

/** Where a transaction keeps everybody else from writing, one that takes longer than this is told of. */
const LONG_LOCK_MS = 1_000;

/** Calls one handler for one event, within its time, and says how that ended. */
export class HandlerRunner {
  private readonly logger = new Logger('StripeEvents');
  /** Handlers whose long transactions were told of. */
  private readonly slow = new Set<string>();

  constructor(
    private readonly database: LedgerDatabase,
    private readonly leases: Pick<LeaseStore, 'recordingRun'>,
    private readonly clients: StripeClients,
    private readonly clock: Clock,
    private readonly limits: RunLimits,
    private readonly telemetry: Pick<StripeTelemetry, 'handling'> = UNWATCHED,
  ) {}

  /**
   * Never rejects, and settles soon after the handler's time, whatever the handler does. Its transaction is waited for
   * before, for as long at most: a handler that was not called has not failed.
   *
   * @param before what was recorded of the handler on this event, if it was called already
   */
  async run(handler: RegisteredHandler, running: RunningEvent, before?: RecordedRun): Promise<RunResult> {
    const attempt = attemptAfter(before);
    const observed = this.telemetry.handling({ event: running.record, handler: handler.id, attempt });
    const result = await observed.run(() => this.runInTime(handler, running, before));
    observed.end(handlerEnd(result));
    return result;
  }

  private async runInTime(
    handler: RegisteredHandler,
    running: RunningEvent,
    before: RecordedRun | undefined,
  ): Promise<RunResult> {
    const timeoutMs = handler.timeoutMs ?? this.limits.timeoutMs;
    const stop = new Stop();
    const leave = running.stop.onAbort(() => {
      stop.abort(running.stop.reason ?? new LeaseLostError());
    });
    let timer = setTimeout(() => {
      stop.abort(new Error(`The handler's transaction did not begin within ${timeoutMs} ms.`));
    }, timeoutMs);
    const begin = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        stop.abort(new HandlerTimeoutError(timeoutMs));
      }, timeoutMs);
      call.startedAtMs = this.clock.now();
    };
    const attempt = attemptAfter(before);
    const call: Call = { handler, running, before, attempt, startedAtMs: null, begin, stop };
    try {
      return handler.transactional ? await this.runInTransaction(call) : await this.runPlainly(call);
    } catch (error) {
      return this.failure(call, error);
    } finally {
      clearTimeout(timer);
      leave();
    }
  }

  private async runPlainly(call: Call): Promise<RunResult> {
    await this.invoke(call, this.database.dataSource.manager);
    return { kind: 'succeeded', run: this.record(call, { status: 'succeeded' }), recorded: false };
  }

  /** The record of the success is the last thing in the handler's own transaction: both are there, or neither is. */
  private async runInTransaction(call: Call): Promise<RunResult> {
    const progress = { handled: false, error: undefined as unknown };
    const transaction = this.database.transaction(async (open) => {
      await this.invoke(call, open.manager).catch((error: unknown) => {
        progress.error = error;
        throw error;
      });
      progress.handled = true;
      const run = this.record(call, { status: 'succeeded' });
      await open.within(this.leases.recordingRun({ lease: call.running.record, run }));
      return run;
    }, call.stop.signal);
    try {
      return { kind: 'succeeded', run: await orGivenUp(transaction, call.stop, ROLLBACK_MS), recorded: true };
    } catch (error) {
      if (progress.handled && isInstance(error, LeaseLostError)) {
        return { kind: 'abandoned', reason: 'lease-lost' };
      }
      if (progress.handled && this.leavesDoubt(error, call)) {
        const attempts = Math.max(call.attempt, call.running.record.attempts);
        return { kind: 'unknown', attempts, error: readFailure(error).text };
      }
      // Why the handler failed tells more than what became of its transaction.
      throw progress.error ?? error;
    } finally {
      this.tellOfLongLock(call);
    }
  }

  /** Once for each handler: it is a mistake of the code, not of the moment. */
  private tellOfLongLock({ handler: { id }, startedAtMs }: Call): void {
    const heldMs = this.clock.now() - (startedAtMs ?? Number.POSITIVE_INFINITY);
    if (this.database.pool !== null || heldMs < LONG_LOCK_MS || this.slow.has(id)) {
      return;
    }
    this.slow.add(id);
    this.logger.warn(
      `The transactional handler ${id} held the write lock of the database for ${heldMs} ms: deliveries, and whatever else is to be written, waited for it. Keep calls to other services out of it, or use a database server.`,
    );
  }

  /** Whether the transaction may be committed, or may be yet: nobody answered, or nobody waits for the answer any more. */
  private leavesDoubt(error: unknown, { stop }: Call): boolean {
    return (stop.aborted && error === stop.reason) || this.database.dialect.classify(error) === 'unavailable';
  }

  private async invoke({ handler, running, attempt, begin, stop }: Call, manager: EntityManager): Promise<void> {
    if (stop.reason !== undefined) {
      throw stop.reason;
    }
    begin();
    const { record, event, customer } = running;
    const { clients } = this;
    const context = handlerContext({ record, customer, attempt, stop, handlerId: handler.id, manager, clients });
    // A handler that ignores its signal must not keep its place.
    await orAborted(handler.invoke(event, context), stop);
  }

  private failure(call: Call, error: unknown): RunResult {
    const { stop } = call.running;
    if (stop.aborted) {
      return { kind: 'abandoned', reason: isInstance(stop.reason, ShutdownError) ? 'shutdown' : 'lease-lost' };
    }
    const { text, retryAfterMs, unrecoverable } = readFailure(error);
    if (call.startedAtMs === null) {
      return { kind: 'postponed', error: text };
    }
    if (retryAfterMs !== null) {
      const run = { ...this.record(call, { status: 'failed', error: text }), attempts: call.attempt - 1 };
      return { kind: 'failed', run, retryAfterMs };
    }
    const hopeless = unrecoverable || call.attempt >= (call.handler.maxAttempts ?? this.limits.maxAttempts);
    const run = this.record(call, { status: hopeless ? 'dead' : 'failed', error: text });
    return { kind: 'failed', run, retryAfterMs: null };
  }

  private record(call: Call, ended: { status: RunRecord['status']; error?: string }): RunRecord {
    const finishedAtMs = this.clock.now();
    return {
      handler: call.handler.id,
      status: ended.status,
      attempts: call.attempt,
      startedAtMs: call.startedAtMs ?? finishedAtMs,
      finishedAtMs,
      error: ended.error ?? null,
      earlier: attemptsBefore(call.before),
    };
  }
}

function attemptAfter(before: RecordedRun | undefined): number {
  return (before?.attempts ?? 0) + 1;
}
