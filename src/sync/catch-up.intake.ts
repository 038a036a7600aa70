import { Logger } from '@nestjs/common';
import { sleep, type Clock } from '../common';
import { StorageUnavailableError } from '../errors';
import {
  readDelivery,
  type EventAdmission,
  type EventDispatcher,
  type EventRecorder,
  type RecordedEvent,
} from '../events';
import type { SyncRunEntity } from '../sync-runs';
import type { ListedEvent } from './event-pages';

/** What became of some events. */
export interface Intake {
  readonly added: number;
  readonly known: number;
  readonly failed: number;
}

/** So few at a time that deliveries, which wait for the same statements, are not held up. */
const AT_A_TIME = 32;
const TRIES = 20;
const LONGEST_PAUSE_MS = 5_000;

/** Puts listed events through the door that deliveries come through, in their order. */
export class CatchUpIntake {
  private readonly logger = new Logger('StripeEvents');

  constructor(
    private readonly recorder: Pick<EventRecorder, 'record'>,
    private readonly dispatcher: EventDispatcher,
    private readonly admission: EventAdmission,
    private readonly clock: Clock,
  ) {}

  /** Rejects when the database does not take them, or the signal is aborted: what was taken by then stays. */
  async take(events: readonly ListedEvent[], run: SyncRunEntity, signal: AbortSignal): Promise<Intake> {
    const results: (RecordedEvent | null)[] = [];
    for (let start = 0; start < events.length; start += AT_A_TIME) {
      const some = events.slice(start, start + AT_A_TIME);
      const taken = await Promise.all(some.map((event) => this.record(event, run, signal)));
      if (taken.some((result) => result?.isNew === true)) {
        this.dispatcher.announce();
      }
      results.push(...taken);
    }
    const added = results.filter((result) => result?.isNew === true).length;
    const failed = results.filter((result) => result === null).length;
    return { added, known: results.length - added - failed, failed };
  }

  private async record(
    { id, text }: ListedEvent,
    run: SyncRunEntity,
    signal: AbortSignal,
  ): Promise<RecordedEvent | null> {
    const bytes = Buffer.from(text, 'utf8');
    const read = readDelivery(bytes);
    if (read.kind === 'unusable') {
      this.logger.error(`An event of the Stripe API cannot be stored: ${read.reason}`);
      return null;
    }
    const { endpoint, account } = run;
    // Asked on behalf of a connected account, Stripe need not say whose events they are.
    const facts = { ...read.facts, account: read.facts.account ?? account };
    const body = { encoding: read.encoding, bytes };
    for (let attempt = 1; ; attempt += 1) {
      signal.throwIfAborted();
      try {
        return await this.recorder.record({
          ...{ facts, endpoint, body, source: 'catch-up', receivedAtMs: this.clock.now() },
          ...this.admission.verdict(endpoint, facts),
        });
      } catch (error) {
        if (error instanceof StorageUnavailableError && error.reason === 'refused') {
          this.logger.error(`The database refuses event ${id}, so it was left out.`);
          return null;
        }
        if (attempt === TRIES || !(error instanceof StorageUnavailableError)) {
          throw error;
        }
        await sleep(Math.min(100 * 2 ** attempt, LONGEST_PAUSE_MS), signal);
      }
    }
  }
}
