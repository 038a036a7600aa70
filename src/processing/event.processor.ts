import { Logger } from '@nestjs/common';
import { describeError } from '../common';
import type { CustomerEntity, CustomerStore } from '../customers';
import type { LedgerDatabase } from '../database';
import { ShutdownError } from '../errors';
import {
  directoryKey,
  eventOf,
  type EventEntity,
  type EventPayloadStore,
  type HandlerRunEntity,
  type HandlerRunStore,
  type LeasedWrite,
  type RunRecord,
} from '../events';
import type { HandlerRegistry } from '../handlers';
import { verdict, type RunResult } from './event-verdict';
import type { HandlerRunner, RunningEvent } from './handler-runner';
import type { LeaseKeeper } from './lease-keeper';
import type { LeasedWriter } from './leased-writer';
import type { RetryPolicy } from './retry-policy';

/** What the processor works with. */
export interface ProcessorParts {
  readonly database: LedgerDatabase;
  readonly payloads: EventPayloadStore;
  readonly runs: HandlerRunStore;
  readonly customers: CustomerStore;
  readonly registry: HandlerRegistry;
  readonly runner: HandlerRunner;
  readonly keeper: LeaseKeeper;
  readonly writer: LeasedWriter;
  readonly retry: RetryPolicy;
  readonly random: () => number;
}

interface Prepared {
  readonly customers: ReadonlyMap<string, CustomerEntity>;
  readonly runs: ReadonlyMap<string, HandlerRunEntity[]>;
}

const UNUSABLE = 'The body is not an event. Replaying it cannot help.';

/** Takes claimed events to their end: links them to their customers and calls each handler that has not succeeded. */
export class EventProcessor {
  private readonly logger = new Logger('StripeEvents');
  private readonly stopping = new Set<AbortController>();

  constructor(private readonly parts: ProcessorParts) {}

  /**
   * Handles a batch of claimed events, all at the same time. Never rejects.
   *
   * @param onDone called as each event is done with, so that its place can be filled
   */
  async process(events: readonly EventEntity[], onDone: () => void): Promise<void> {
    const held = events.map((record) => this.hold(record));
    const prepared = await this.prepare(events).catch((error: unknown) => error as Error);
    await Promise.all(
      held.map(async ({ record, controller }) => {
        try {
          await this.settle(record, controller.signal, prepared);
        } catch (error) {
          this.logger.error(
            `Event ${record.stripeId} could not be settled; its lease runs out: ${describeError(error)}`,
          );
        } finally {
          this.parts.keeper.drop(record);
          this.stopping.delete(controller);
          onDone();
        }
      }),
    );
  }

  /** Ends what is being handled: signals are aborted, and the events are due again at once. */
  abort(): void {
    this.stopping.forEach((controller) => {
      controller.abort(new ShutdownError());
    });
  }

  private hold(record: EventEntity): { record: EventEntity; controller: AbortController } {
    const controller = new AbortController();
    this.parts.keeper.hold(record, controller);
    this.stopping.add(controller);
    return { record, controller };
  }

  /** Bodies, customers and earlier runs of the whole batch, in a fixed number of statements. */
  private async prepare(events: readonly EventEntity[]): Promise<Prepared> {
    const { payloads, runs, customers } = this.parts;
    // A first lease means that nothing has run yet.
    const seenBefore = events.filter(({ leaseNo }) => leaseNo > 1);
    const [, earlier] = await Promise.all([payloads.attachTo(events), runs.runsOf(seenBefore)]);
    const named = events.flatMap(({ endpoint, stripeCustomerId, livemode, account }) =>
      stripeCustomerId === null ? [] : [{ endpoint, stripeId: stripeCustomerId, livemode, account }],
    );
    const known = await customers.ensure(named);
    const changed = await customers.absorb(events);
    return { customers: changed ? await customers.ensure(named) : known, runs: earlier };
  }

  private async settle(record: EventEntity, signal: AbortSignal, prepared: Prepared | Error): Promise<void> {
    if (prepared instanceof Error) {
      await this.postpone(record, signal, prepared);
      return;
    }
    const event = eventOf(record);
    if (event === null) {
      await this.parts.writer.write({ lease: record, outcome: { status: 'dead', error: UNUSABLE } }, signal);
      return;
    }
    const key = directoryKey(record.endpoint, record.stripeCustomerId ?? '');
    const customer = prepared.customers.get(key) ?? null;
    record.customer = customer;
    await this.callHandlers({ record, event, customer, signal }, prepared.runs.get(record.id) ?? []);
  }

  private async callHandlers(running: RunningEvent, earlier: readonly HandlerRunEntity[]): Promise<void> {
    const { record, signal } = running;
    const handlers = this.parts.registry.handlersFor(record.kind);
    if (handlers.length === 0) {
      await this.parts.writer.write({ lease: record, outcome: { status: 'ignored', reason: 'no-handler' } }, signal);
      return;
    }
    const before = new Map(earlier.map((run) => [run.handler, run]));
    const dead = handlers.flatMap(({ id }) => (before.get(id)?.status === 'dead' ? [before.get(id)?.error ?? ''] : []));
    const results: RunResult[] = [];
    let unwritten: RunRecord | undefined;
    for (const handler of handlers.filter(({ id }) => isOpen(before.get(id)))) {
      // A crash in the next handler must not repeat the one before.
      if (unwritten !== undefined && !(await this.write({ lease: record, run: unwritten }, signal))) {
        return;
      }
      const result = await this.parts.runner.run(handler, running, before.get(handler.id)?.attempts ?? 0);
      if (result.kind === 'abandoned') {
        await this.abandon(record, result.reason);
        return;
      }
      this.report(result, record);
      results.push(result);
      unwritten = unwrittenRun(result);
    }
    const outcome = verdict(results, dead, this.parts.retry, this.parts.random);
    await this.write({ lease: record, outcome, ...(unwritten === undefined ? {} : { run: unwritten }) }, signal);
  }

  private report(result: RunResult, { stripeId }: EventEntity): void {
    if (result.kind === 'failed') {
      const { handler, attempts, error } = result.run;
      this.logger.warn(`Handler ${handler} failed on event ${stripeId} (attempt ${attempts}): ${firstLine(error)}`);
    }
  }

  private async write(write: LeasedWrite, signal: AbortSignal): Promise<boolean> {
    const held = await this.parts.writer.write(write, signal);
    if (!held) {
      this.logger.warn(`The lease of event ${write.lease.id} was lost; what this worker did with it is not recorded.`);
    }
    return held;
  }

  private async abandon(record: EventEntity, reason: 'lease-lost' | 'shutdown'): Promise<void> {
    if (reason === 'shutdown') {
      const outcome = { status: 'pending', delayMs: 0, error: null, counts: false } as const;
      await this.parts.writer.write({ lease: record, outcome }, new AbortController().signal);
    }
  }

  private async postpone(record: EventEntity, signal: AbortSignal, cause: Error): Promise<void> {
    const error = describeError(cause);
    this.logger.error(`Event ${record.stripeId} could not be prepared: ${firstLine(error)}`);
    const delayMs = this.parts.retry.baseMs * this.parts.random();
    await this.write(
      { lease: record, outcome: { status: 'pending', delayMs: Math.floor(delayMs), error, counts: true } },
      signal,
    );
  }
}

/** What is still to be recorded of a run; a transactional one has recorded its success itself. */
function unwrittenRun(result: RunResult): RunRecord | undefined {
  const recorded = result.kind === 'succeeded' && result.recorded;
  return recorded || result.kind === 'unknown' || result.kind === 'abandoned' ? undefined : result.run;
}

function isOpen(run: HandlerRunEntity | undefined): boolean {
  return run === undefined || run.status === 'failed';
}

function firstLine(text: string | null): string {
  return text?.split('\n', 1)[0] ?? '';
}
