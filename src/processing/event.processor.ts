import { Logger } from '@nestjs/common';
import { describeError, Stop } from '../common';
import { LeaseLostError, ShutdownError } from '../errors';
import {
  eventOf,
  type EventEntity,
  type EventOutcome,
  type HandlerRunEntity,
  type LeasedWrite,
  type RunRecord,
} from '../events';
import type { HandlerRegistry, RegisteredHandler } from '../handlers';
import { UNWATCHED, type StripeSettlement, type StripeTelemetry } from '../telemetry';
import type { EventPairing } from './event-pairing';
import { PreparationError, type EventPreparer, type Preparation } from './event-preparer';
import { verdict, type RunResult } from './event-verdict';
import type { HandlerRunner, RunningEvent } from './handler-runner';
import { HandlingLog } from './handling-log';
import type { HandlingPlaces } from './handling-places';
import type { LeaseKeeper } from './lease-keeper';
import type { LeasedWriter } from './leased-writer';
import { retryDelayMs, type RetryPolicy } from './retry-policy';

/** What the processor works with. */
export interface ProcessorParts {
  readonly preparer: Pick<EventPreparer, 'prepare'>;
  readonly registry: Pick<HandlerRegistry, 'handlersFor'>;
  readonly pairing: Pick<EventPairing, 'leftFor'>;
  readonly runner: Pick<HandlerRunner, 'run'>;
  readonly places: Pick<HandlingPlaces, 'within'>;
  readonly keeper: Pick<LeaseKeeper, 'hold' | 'drop'>;
  readonly writer: Pick<LeasedWriter, 'write'>;
  readonly retry: RetryPolicy;
  readonly random: () => number;
  readonly telemetry?: Pick<StripeTelemetry, 'settled'>;
}

/** What calling an event's handlers came to. */
type CalledHandlers =
  | { readonly abandoned: 'lease-lost' | 'shutdown' }
  | { readonly results: readonly RunResult[]; readonly unwritten: RunRecord | undefined };

const UNUSABLE = 'The body is not an event. Replaying it cannot help.';
const HANDED_BACK: EventOutcome = { status: 'pending', delayMs: 0, error: null, counts: false };
/** How long handing an event back is tried at shutdown; afterwards its lease runs out. */
const HAND_BACK_MS = 5_000;

/** Takes claimed events to their end: calls each handler that has not succeeded, and writes down what became of it. */
export class EventProcessor {
  private readonly logger = new Logger('StripeEvents');
  private readonly log = new HandlingLog();
  private readonly stops = new Set<Stop>();

  constructor(private readonly parts: ProcessorParts) {}

  /**
   * Handles a batch of claimed events, all at the same time. Never rejects.
   *
   * @param onDone called as each event is done with, so that its place can be filled
   */
  async process(events: readonly EventEntity[], onDone: () => void): Promise<void> {
    const held = events.map((record) => ({ record, stop: this.hold(record) }));
    const prepared = events.length === 0 ? new Map<EventEntity, never>() : await this.parts.preparer.prepare(events);
    await Promise.all(
      held.map(async ({ record, stop }) => {
        try {
          await this.settle(record, stop, prepared.get(record));
        } catch (error) {
          this.log.notSettled(record, error);
        } finally {
          this.parts.keeper.drop(record);
          this.stops.delete(stop);
          onDone();
        }
      }),
    );
  }

  /** Makes events due again at once that nobody has begun to handle, or that cannot go on here. Never rejects. */
  async handBack(events: readonly EventEntity[]): Promise<void> {
    const giveUp = new Stop();
    const timer = setTimeout(() => {
      giveUp.abort(new Error('The time to hand events back is over.'));
    }, HAND_BACK_MS);
    const writes = events.map((lease) => this.parts.writer.write({ lease, outcome: HANDED_BACK }, giveUp));
    for (const result of await Promise.allSettled(writes)) {
      if (result.status === 'rejected') {
        this.logger.warn(`An event could not be handed back; its lease runs out: ${describeError(result.reason)}`);
      }
    }
    clearTimeout(timer);
  }

  /** Ends what is being handled: signals are aborted, and the events are due again at once. */
  abort(): void {
    this.stops.forEach((stop) => {
      stop.abort(new ShutdownError());
    });
  }

  private hold(record: EventEntity): Stop {
    const stop = new Stop();
    this.parts.keeper.hold(record, stop);
    this.stops.add(stop);
    return stop;
  }

  private async settle(
    record: EventEntity,
    stop: Stop,
    prepared: Preparation | PreparationError | undefined,
  ): Promise<void> {
    if (stop.aborted) {
      await this.abandon(record, stop.reason instanceof LeaseLostError ? 'lease-lost' : 'shutdown');
    } else if (prepared === undefined || prepared instanceof PreparationError) {
      await this.postpone(record, stop, prepared);
    } else {
      await this.handle(record, stop, prepared);
    }
  }

  private async handle(record: EventEntity, stop: Stop, { customer, runs, isSecond }: Preparation): Promise<void> {
    const event = eventOf(record);
    const all = this.parts.registry.handlersFor(record.kind, record.endpoint);
    const handlers = isSecond ? this.parts.pairing.leftFor(record, all) : all;
    if (event === null) {
      await this.end(record, { status: 'dead', error: UNUSABLE }, stop);
    } else if (handlers.length === 0) {
      await this.end(record, { status: 'ignored', reason: all.length === 0 ? 'no-handler' : 'twin' }, stop);
    } else {
      record.customer = customer;
      await this.callHandlers({ record, event, customer, stop }, handlers, runs);
    }
  }

  private async callHandlers(
    running: RunningEvent,
    handlers: readonly RegisteredHandler[],
    earlier: readonly HandlerRunEntity[],
  ): Promise<void> {
    const { record, stop } = running;
    const before = new Map(earlier.map((run) => [run.handler, run]));
    const called = await this.parts.places.within(() => this.callEach(running, handlers, before), stop);
    if (called === null) {
      await this.abandon(record, stop.reason instanceof LeaseLostError ? 'lease-lost' : 'no-place');
    } else if ('abandoned' in called) {
      await this.abandon(record, called.abandoned);
    } else {
      const { results, unwritten } = called;
      const runs = handlers.map(({ id }) => before.get(id));
      const dead = runs.flatMap((run) => (run?.status === 'dead' ? [run.error ?? ''] : []));
      const outcome = verdict(results, dead, this.parts.retry, this.parts.random);
      await this.end(record, outcome, stop, unwritten);
    }
  }

  /** One after the other. The record of the last one is left to be written with the event's outcome. */
  private async callEach(
    running: RunningEvent,
    handlers: readonly RegisteredHandler[],
    before: ReadonlyMap<string, HandlerRunEntity>,
  ): Promise<CalledHandlers> {
    const { record, stop } = running;
    const results: RunResult[] = [];
    let unwritten: RunRecord | undefined;
    for (const handler of handlers.filter(({ id }) => isOpen(before.get(id)))) {
      // A crash in the next handler must not repeat the one before.
      if (unwritten !== undefined && !(await this.write(record, { lease: record, run: unwritten }, stop))) {
        return { abandoned: 'lease-lost' };
      }
      const result = await this.parts.runner.run(handler, running, before.get(handler.id));
      if (result.kind === 'abandoned') {
        return { abandoned: result.reason };
      }
      this.log.called(handler.id, result, record);
      results.push(result);
      unwritten = unwrittenRun(result);
    }
    return { results, unwritten };
  }

  /** Writes down what became of the event, and only then tells of it. */
  private async end(record: EventEntity, outcome: EventOutcome, stop: Stop, run?: RunRecord): Promise<void> {
    const { telemetry = UNWATCHED } = this.parts;
    if (await this.write(record, { lease: record, outcome, ...(run === undefined ? {} : { run }) }, stop)) {
      if (outcome.status === 'dead') {
        this.log.died(record, outcome.error);
      }
      telemetry.settled(record, settlementOf(outcome));
    }
  }

  private async write(record: EventEntity, write: LeasedWrite, stop: Stop): Promise<boolean> {
    const held = await this.parts.writer.write(write, stop);
    if (!held) {
      this.log.leaseLost(record);
    }
    return held;
  }

  private async abandon(record: EventEntity, reason: 'lease-lost' | 'shutdown' | 'no-place'): Promise<void> {
    if (reason !== 'lease-lost') {
      await this.handBack([record]);
    }
  }

  /** An attempt is used up only where the event itself is to blame; then there is a last one. */
  private async postpone(record: EventEntity, stop: Stop, failure: PreparationError | undefined): Promise<void> {
    const { retry, random } = this.parts;
    const counts = failure?.isEventsOwn ?? true;
    const error = describeError(failure?.cause);
    this.log.notPrepared(record, error);
    const delayMs = retryDelayMs(retry, counts ? record.attempts : 1, random());
    const hopeless = counts && record.attempts >= retry.maxAttempts;
    const outcome: EventOutcome = hopeless ? { status: 'dead', error } : { status: 'pending', delayMs, error, counts };
    await this.end(record, outcome, stop);
  }
}

/** What is still to be recorded of a run; a transactional one has recorded its success itself. */
function unwrittenRun(result: RunResult): RunRecord | undefined {
  const recorded = result.kind === 'succeeded' && result.recorded;
  return 'run' in result && !recorded ? result.run : undefined;
}

function isOpen(run: HandlerRunEntity | undefined): boolean {
  return run === undefined || run.status === 'failed';
}

function settlementOf(outcome: EventOutcome): StripeSettlement {
  return outcome.status === 'pending' ? (outcome.counts ? 'retry' : 'deferred') : outcome.status;
}
