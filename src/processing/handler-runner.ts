import type { EntityManager } from 'typeorm';
import { describeError, type Clock } from '../common';
import type { CustomerEntity } from '../customers';
import type { LedgerDatabase } from '../database';
import {
  HandlerTimeoutError,
  LeaseLostError,
  RetryEventError,
  ShutdownError,
  UnrecoverableEventError,
} from '../errors';
import type { EventEntity, LeaseStore, RunRecord, StripeEventLike } from '../events';
import type { RegisteredHandler } from '../handlers';
import type { RunResult } from './event-verdict';
import { handlerContext } from './handler-context';
import type { StripeClients } from './stripe-clients';

/** An event that is being handled. */
export interface RunningEvent {
  readonly record: EventEntity;
  readonly event: StripeEventLike;
  readonly customer: CustomerEntity | null;
  /** Aborted when the lease is lost, or the application stops. */
  readonly signal: AbortSignal;
}

/** The limits of a handler that brings none of its own. */
export interface RunLimits {
  readonly maxAttempts: number;
  readonly timeoutMs: number;
}

interface Call {
  readonly handler: RegisteredHandler;
  readonly running: RunningEvent;
  readonly attempt: number;
  readonly startedAtMs: number;
}

/** Calls one handler for one event, within its time, and says how that ended. */
export class HandlerRunner {
  constructor(
    private readonly database: LedgerDatabase,
    private readonly leases: LeaseStore,
    private readonly clients: StripeClients,
    private readonly clock: Clock,
    private readonly limits: RunLimits,
  ) {}

  /** @param attemptsBefore how often the handler was called for this event already */
  async run(handler: RegisteredHandler, running: RunningEvent, attemptsBefore: number): Promise<RunResult> {
    const call: Call = { handler, running, attempt: attemptsBefore + 1, startedAtMs: this.clock.now() };
    try {
      return handler.transactional ? await this.runInTransaction(call) : await this.runPlainly(call);
    } catch (error) {
      return this.failure(call, error);
    }
  }

  private async runPlainly(call: Call): Promise<RunResult> {
    await this.invoke(call, this.database.dataSource.manager);
    return { kind: 'succeeded', run: this.record(call, { status: 'succeeded' }), recorded: false };
  }

  /** The record of the success is the last thing in the handler's own transaction: both are there, or neither is. */
  private async runInTransaction(call: Call): Promise<RunResult> {
    const progress = { committing: false };
    try {
      const run = await this.database.transaction(async (open) => {
        await this.invoke(call, open.manager);
        const succeeded = this.record(call, { status: 'succeeded' });
        await open.within(this.leases.writingOrThrowing({ lease: call.running.record, run: succeeded }));
        progress.committing = true;
        return succeeded;
      });
      return { kind: 'succeeded', run, recorded: true };
    } catch (error) {
      if (progress.committing) {
        return { kind: 'unknown', error: describeError(error) };
      }
      throw error;
    }
  }

  private async invoke({ handler, running, attempt }: Call, manager: EntityManager): Promise<void> {
    const { record, event, customer } = running;
    const stop = new AbortController();
    const timeoutMs = handler.timeoutMs ?? this.limits.timeoutMs;
    const timer = setTimeout(() => {
      stop.abort(new HandlerTimeoutError(timeoutMs));
    }, timeoutMs);
    const signal = AbortSignal.any([running.signal, stop.signal]);
    const context = handlerContext({
      record,
      customer,
      attempt,
      signal,
      handlerId: handler.id,
      manager,
      clients: this.clients,
    });
    try {
      await Promise.race([handler.invoke(event, context), rejectionOf(signal)]);
    } finally {
      clearTimeout(timer);
    }
  }

  private failure(call: Call, error: unknown): RunResult {
    if (error instanceof LeaseLostError || error instanceof ShutdownError) {
      return { kind: 'abandoned', reason: error instanceof ShutdownError ? 'shutdown' : 'lease-lost' };
    }
    const text = describeError(error);
    if (error instanceof RetryEventError) {
      const run = { ...this.record(call, { status: 'failed', error: text }), attempts: call.attempt - 1 };
      return { kind: 'failed', run, retryAfterMs: Math.max(0, Math.floor(error.afterMs) || 0) };
    }
    const maxAttempts = call.handler.maxAttempts ?? this.limits.maxAttempts;
    const hopeless = error instanceof UnrecoverableEventError || call.attempt >= maxAttempts;
    return {
      kind: 'failed',
      run: this.record(call, { status: hopeless ? 'dead' : 'failed', error: text }),
      retryAfterMs: null,
    };
  }

  private record(call: Call, ended: { status: RunRecord['status']; error?: string }): RunRecord {
    return {
      handler: call.handler.id,
      status: ended.status,
      attempts: call.attempt,
      startedAtMs: call.startedAtMs,
      finishedAtMs: this.clock.now(),
      error: ended.error ?? null,
    };
  }
}

/** Rejects with the signal's reason. A handler that ignores its signal must not keep its place. */
function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) {
      stop();
    } else {
      signal.addEventListener('abort', stop, { once: true });
    }
  });
}
