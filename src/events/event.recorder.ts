import { Coalescer, UlidFactory, withDeadline } from '../common';
import type { LedgerDatabase } from '../database';
import { StorageUnavailableError } from '../errors';
import { UNWATCHED, type StripeTelemetry } from '../telemetry';
import type { DeadEventListener } from './dead-event';
import { EventPayloadEntity } from './event-payload.entity';
import { EventEntity } from './event.entity';
import { INSERTED_COLUMNS, insertedValues, PAYLOAD_COLUMNS, payloadRows, type IdentifiedEvent } from './event-insert';
import type { NewEvent, RecordedEvent } from './new-event';
import { OtherVersionStore } from './other-version.store';

/** How recording is bounded. */
export interface RecorderLimits {
  /** How long a caller waits for its event to be stored, in milliseconds. */
  readonly timeoutMs: number;
  /** Most events waiting to be stored; one more is refused at once. */
  readonly maxWaiting: number;
}

interface WaitingEvent extends IdentifiedEvent {
  /** When its sender has been answered, by `performance.now()`. */
  readonly overdueAtMs: number;
}

const MOST_EVENTS_PER_STATEMENT = 64;
/** So many events share the cost of a statement and its commit well enough (`npm run bench:ingest` says what it is). */
const WORTH_A_STATEMENT = 24;
const MOST_BYTES_PER_STATEMENT = 1024 * 1024;
/** Most commits take a few milliseconds; a connection that hangs must not hold up the deliveries behind it. */
const SLOW_STATEMENT_MS = 100;
/** A statement that takes longer is cut off: its connection may be to a server that is no longer there. */
const STATEMENT_TIMEOUT_MS = 5_000;
const RETRY_AFTER_SECONDS = 5;

/** Puts events into the ledger, each once. Events that arrive while a statement is under way share the next one. */
export class EventRecorder {
  private readonly ids = new UlidFactory();
  private readonly coalescer: Coalescer<WaitingEvent, RecordedEvent>;
  private readonly otherVersions: OtherVersionStore;

  constructor(
    private readonly database: LedgerDatabase,
    private readonly limits: RecorderLimits,
    private readonly onDead: DeadEventListener = () => undefined,
    private readonly telemetry: Pick<StripeTelemetry, 'recorded'> = UNWATCHED,
  ) {
    this.otherVersions = new OtherVersionStore(database);
    this.coalescer = new Coalescer((events) => this.insert(events), {
      maxBatch: MOST_EVENTS_PER_STATEMENT,
      maxConcurrent: database.dialect.concurrentRecordings,
      worthBatch: WORTH_A_STATEMENT,
      slowAfterMs: SLOW_STATEMENT_MS,
      maxWaiting: limits.maxWaiting,
      weigh: ({ event }) => event.body.bytes.length,
      maxWeight: MOST_BYTES_PER_STATEMENT,
      // One bad row must not fail its neighbours.
      isolates: (error) => database.dialect.classify(error) === 'refused',
      overdue: ({ overdueAtMs }) => performance.now() >= overdueAtMs,
    });
  }

  /**
   * Resolves once the event is committed, or known to be there already.
   *
   * @throws {StorageUnavailableError} when it could not be stored in time; it may still be, so that sending it again
   * finds a duplicate
   */
  async record(event: NewEvent): Promise<RecordedEvent> {
    if (this.coalescer.saturated) {
      throw new StorageUnavailableError('saturated', RETRY_AFTER_SECONDS);
    }
    const recorded = this.insertOrReplace(this.identify(event)).catch((error: unknown) => {
      const reason = this.database.dialect.classify(error) === 'refused' ? 'refused' : 'down';
      throw new StorageUnavailableError(reason, RETRY_AFTER_SECONDS, { cause: error });
    });
    const late = (): Error => new StorageUnavailableError('timeout', RETRY_AFTER_SECONDS);
    return withDeadline(recorded, this.limits.timeoutMs, late);
  }

  private async insertOrReplace(waiting: WaitingEvent): Promise<RecordedEvent> {
    const recorded = await this.coalescer.submit(waiting);
    const replaces = !recorded.isNew && waiting.event.replacesOtherVersion === true;
    return replaces && (await this.otherVersions.replace(waiting, STATEMENT_TIMEOUT_MS))
      ? { ...recorded, isNew: true }
      : recorded;
  }

  /** All test events of the Dashboard carry one id; each is an event of its own. */
  private identify(event: NewEvent): WaitingEvent {
    const id = this.ids.next(event.receivedAtMs);
    const { stripeId, isTestId } = event.facts;
    const overdueAtMs = performance.now() + this.limits.timeoutMs;
    return { id, stripeId: isTestId ? `${stripeId}:${id}` : stripeId, event, overdueAtMs };
  }

  private async insert(events: readonly IdentifiedEvent[]): Promise<RecordedEvent[]> {
    const { dialect } = this.database;
    const ordered = [...events].sort(byIdentity);
    const unit = dialect.insertFresh({
      table: this.database.table(EventEntity),
      columns: INSERTED_COLUMNS,
      rows: ordered.map((event) => insertedValues(event, dialect)),
      identity: ['endpoint', 'stripe_id'],
      children: {
        table: this.database.table(EventPayloadEntity),
        columns: PAYLOAD_COLUMNS,
        rows: ordered.flatMap((event) => payloadRows(event, dialect)),
      },
    });
    const startedAtMs = performance.now();
    const fresh = await this.database.run(unit, STATEMENT_TIMEOUT_MS);
    this.telemetry.recorded({ size: events.length, durationMs: performance.now() - startedAtMs });
    this.onDead(
      events.flatMap(({ id, event: { settled } }) =>
        fresh.has(id) && settled?.status === 'dead' ? [{ id, error: settled.error ?? '' }] : [],
      ),
    );
    return events.map(({ id, stripeId, event }) => ({ stripeId, endpoint: event.endpoint, isNew: fresh.has(id) }));
  }
}

/** Two statements that insert the same events in different orders would wait for each other. */
function byIdentity(a: IdentifiedEvent, b: IdentifiedEvent): number {
  return compare(a.event.endpoint, b.event.endpoint) || compare(a.stripeId, b.stripeId);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
