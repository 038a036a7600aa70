import type { CustomerEntity, EventCustomers } from '../customers';
import type { LedgerDatabase } from '../database';
import type { EventEntity, EventPayloadStore, HandlerRunEntity, HandlerRunStore } from '../events';
import type { EventPairing } from './event-pairing';

/** What the handlers of an event need to be known. */
export interface Preparation {
  readonly customer: CustomerEntity | null;
  /** The handlers' earlier attempts. */
  readonly runs: readonly HandlerRunEntity[];
  /** Whether another event that tells of the same fact is handled for it. */
  readonly isSecond: boolean;
}

/** Where what is to be known comes from. */
export interface PreparerParts {
  readonly payloads: Pick<EventPayloadStore, 'attachTo'>;
  readonly runs: Pick<HandlerRunStore, 'runsOf'>;
  readonly customers: Pick<EventCustomers, 'of'>;
  readonly pairing: Pick<EventPairing, 'seconds'>;
}

/** Why an event could not be prepared. */
export class PreparationError extends Error {
  /** @param isEventsOwn whether this very event is the problem, rather than the database's state */
  constructor(
    readonly isEventsOwn: boolean,
    options: ErrorOptions,
  ) {
    super('The event could not be prepared.', options);
  }
}

/** Gets together what a batch of events needs, in a fixed number of statements. */
export class EventPreparer {
  constructor(
    private readonly database: Pick<LedgerDatabase, 'dialect'>,
    private readonly parts: PreparerParts,
  ) {}

  /** Gives each event its body, and says what else there is to know of it. One bad event does not fail the others. */
  async prepare(events: readonly EventEntity[]): Promise<ReadonlyMap<EventEntity, Preparation | PreparationError>> {
    try {
      return await this.prepareTogether(events);
    } catch (cause) {
      const isEventsOwn = this.database.dialect.classify(cause) === 'refused';
      if (isEventsOwn && events.length > 1) {
        const alone = await Promise.all(events.map((event) => this.prepare([event])));
        return new Map(alone.flatMap((prepared) => [...prepared]));
      }
      return new Map(events.map((event) => [event, new PreparationError(isEventsOwn, { cause })]));
    }
  }

  private async prepareTogether(events: readonly EventEntity[]): Promise<ReadonlyMap<EventEntity, Preparation>> {
    // A first lease means that nothing has run yet.
    const seenBefore = events.filter(({ leaseNo }) => leaseNo > 1);
    const { payloads, customers, pairing } = this.parts;
    const [, runs, seconds] = await Promise.all([
      payloads.attachTo(events),
      this.parts.runs.runsOf(seenBefore),
      pairing.seconds(events),
    ]);
    const customerOf = await customers.of(events);
    return new Map(
      events.map((event) => {
        return [event, { customer: customerOf(event), runs: runs.get(event.id) ?? [], isSecond: seconds.has(event) }];
      }),
    );
  }
}
