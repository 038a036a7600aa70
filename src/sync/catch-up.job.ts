import type { StripeClients, StripeReader } from '../stripe-api';
import type { RunInHand, SyncJob, SyncRunEntity, SyncRunStore } from '../sync-runs';
import type { CatchUpBeginning } from './catch-up.beginning';
import type { CatchUpIntake } from './catch-up.intake';
import { readPosition, writePosition, type CatchUpPosition } from './catch-up.position';
import { EventPages, isUnknownEvent, type EventPage } from './event-pages';

/** Who lists events that were made so long after its run began has arrived at what deliveries bring. */
const PRESENT_MS = 60_000;

/** What a catch-up is made of. */
export interface CatchUpParts {
  readonly store: SyncRunStore;
  readonly clients: StripeClients;
  readonly reader: StripeReader;
  readonly intake: CatchUpIntake;
  readonly beginning: CatchUpBeginning;
}

/** Lists the events of an account into the ledger, from the oldest that may be missing to the newest. */
export class CatchUpJob implements SyncJob {
  readonly kind = 'catch-up';

  constructor(private readonly parts: CatchUpParts) {}

  async work(hand: RunInHand): Promise<void> {
    const { run, signal } = hand;
    const client = this.parts.clients.for({ endpoint: run.endpoint, account: run.account, context: null });
    const pages = new EventPages(this.parts.reader, client, signal);
    const covered = await this.parts.store.coveredUntil(run);
    let position = readPosition(run.checkpoint) ?? (await this.begin(run, covered));
    if (position === null) {
      return this.coverNothing(hand, pages);
    }
    for (let hasMore = true; hasMore;) {
      const page = await nextPage(pages, position);
      const taken = await this.parts.intake.take(page.events, run, signal);
      const last = page.events.at(-1);
      position = last === undefined ? position : { ...position, last: { id: last.id, created: last.created } };
      await hand.save({
        done: run.done + page.events.length,
        total: null,
        added: run.added + taken.added,
        known: run.known + taken.known,
        failed: run.failed + taken.failed,
        checkpoint: writePosition(position),
        coveredUntil: coverage(position, covered),
      });
      hasMore = page.hasMore && last !== undefined && !isPresent(position, run);
    }
  }

  private async begin(run: SyncRunEntity, covered: Date | null): Promise<CatchUpPosition | null> {
    const beginning = await this.parts.beginning.of(run, covered);
    return beginning === null ? null : { ...beginning, last: null };
  }

  /** History is fetched only for whoever asks for it: the next run begins after the newest event of now. */
  private async coverNothing(hand: RunInHand, pages: EventPages): Promise<void> {
    const newest = await pages.newest();
    const beginMs = newest === null ? hand.run.startedAt.getTime() : (newest.created + 1) * 1_000;
    // Runs begin that much before what is covered.
    const coveredUntil = new Date(beginMs + this.parts.beginning.overlapMs);
    await hand.save({ done: 0, total: null, added: 0, known: 0, failed: 0, checkpoint: null, coveredUntil });
  }
}

/** An event that Stripe does not keep any more leads nowhere: then its time does. */
async function nextPage(pages: EventPages, { last, fromMs }: CatchUpPosition): Promise<EventPage> {
  if (last === null) {
    return pages.from(Math.floor(fromMs / 1_000));
  }
  try {
    return await pages.after(last.id);
  } catch (error) {
    if (isUnknownEvent(error)) {
      return pages.from(last.created);
    }
    throw error;
  }
}

/** Up to when all is fetched. It never goes back, and never over a gap. */
function coverage({ joins, last }: CatchUpPosition, before: Date | null): Date | null {
  if (!joins || last === null) {
    return before;
  }
  return new Date(Math.max(last.created * 1_000, before?.getTime() ?? 0));
}

function isPresent({ last }: CatchUpPosition, { startedAt }: SyncRunEntity): boolean {
  return last !== null && last.created * 1_000 > startedAt.getTime() + PRESENT_MS;
}
