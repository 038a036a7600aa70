import { Logger } from '@nestjs/common';
import { describeError, sleep } from '../common';
import type { DeadEvent, EventEntity, EventQuery, HandlerRunStore } from '../events';
import { UNWATCHED, type StripeTelemetry } from '../telemetry';

/** An event that is given up: it stays stored, and can be replayed. */
export interface StripeDeadLetter {
  /** The event as it is stored now, without its body. */
  readonly event: EventEntity;
  /** What the failure said: class, message and stack, without secrets, at most 2,000 characters. */
  readonly error: string;
  /** Ids of the handlers that gave up; none where no handler was called, or where its worker vanished. */
  readonly handlers: readonly string[];
}

/** What the application does about a dead letter. */
export type DeadLetterCallback = (letter: StripeDeadLetter) => unknown;

/** How long a shutdown waits for announcements that are under way. */
const SHUTDOWN_PATIENCE_MS = 5_000;

/** Tells the application of dead letters, beside the work and never in its way. */
export class DeadLetterAnnouncer {
  private readonly logger = new Logger('StripeEvents');
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(
    private readonly events: EventQuery,
    private readonly runs: HandlerRunStore,
    private readonly callback: DeadLetterCallback | undefined,
    private readonly telemetry: Pick<StripeTelemetry, 'died'> = UNWATCHED,
  ) {}

  /** Announces events that were committed as dead. Returns at once; never throws. */
  announce(dead: readonly DeadEvent[]): void {
    if (dead.length === 0) {
      return;
    }
    this.telemetry.died(dead.length);
    if (this.callback === undefined) {
      return;
    }
    const { callback } = this;
    const announced = this.lettersOf(dead).then(
      // All at the same time: one call that never settles must not silence the others.
      (letters) => Promise.all(letters.map((letter) => this.call(callback, letter))),
      (error: unknown) => {
        this.logger.error(`${dead.length} dead letters could not be announced: ${describeError(error)}`);
      },
    );
    this.underWay.add(announced);
    void announced.finally(() => this.underWay.delete(announced));
  }

  /** Waits for what is under way, but not for ever. */
  async drain(): Promise<void> {
    const done = new AbortController();
    void Promise.all(this.underWay).then(() => {
      done.abort();
    });
    await sleep(SHUTDOWN_PATIENCE_MS, done.signal);
  }

  /** Two statements, however many have died together. */
  private async lettersOf(dead: readonly DeadEvent[]): Promise<StripeDeadLetter[]> {
    const events = await this.events.ofIds(dead.map(({ id }) => id));
    const runs = await this.runs.runsOf(events);
    const errors = new Map(dead.map(({ id, error }) => [id, error]));
    return events.map((event) => ({
      event,
      error: errors.get(event.id) ?? '',
      handlers: (runs.get(event.id) ?? []).filter(({ status }) => status === 'dead').map(({ handler }) => handler),
    }));
  }

  private async call(callback: DeadLetterCallback, letter: StripeDeadLetter): Promise<void> {
    try {
      await callback(letter);
    } catch (error) {
      this.logger.error(`onDeadLetter failed for event ${letter.event.stripeId}: ${describeError(error)}`);
    }
  }
}
