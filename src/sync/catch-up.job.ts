import { Logger } from '@nestjs/common';
import { toDate, type LedgerDatabase } from '../database';
import { EventEntity } from '../events';
import type { StripeClients, StripeReader } from '../stripe-api';
import type { RunInHand, SyncJob, SyncRunEntity, SyncRunStore } from '../sync-runs';
import type { CatchUpIntake } from './catch-up.intake';
import { readPosition, writePosition, type CatchUpPosition } from './catch-up.position';
import { EventPages, isUnknownEvent, type EventPage } from './event-pages';

/** How long Stripe lets events be listed: https://docs.stripe.com/api/events. */
const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;
/** Who lists events that were made so long after its run began has arrived at what deliveries bring. */
const PRESENT_MS = 60_000;

/** What a catch-up is made of. */
export interface CatchUpParts {
  readonly database: LedgerDatabase;
  readonly store: SyncRunStore;
  readonly clients: StripeClients;
  readonly reader: StripeReader;
  readonly intake: CatchUpIntake;
  /** How far before what was covered it begins: events may turn up in the list after newer ones. */
  readonly overlapMs: number;
}

/** Lists the events of an account into the ledger, from the oldest that may be missing to the newest. */
export class CatchUpJob implements SyncJob {
  readonly kind = 'catch-up';
  private readonly logger = new Logger('StripeEvents');

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

  /** Where a run begins; null for an application that has received nothing yet, and so can have missed nothing. */
  private async begin(run: SyncRunEntity, covered: Date | null): Promise<CatchUpPosition | null> {
    const before = covered ?? (await this.firstReceived(run.endpoint));
    const overlapMs = covered === null ? 0 : this.parts.overlapMs;
    const wanted = run.since?.getTime() ?? (before === null ? null : before.getTime() - overlapMs);
    if (wanted === null) {
      return null;
    }
    const reachMs = (await this.parts.store.now()).getTime() - KEPT_DAYS * DAY_MS;
    if (wanted < reachMs) {
      this.logger.warn(
        `Events from before ${new Date(reachMs).toISOString()} are out of reach: Stripe lists those of ` +
          `${KEPT_DAYS} days. Fetch the objects they were about instead, where they matter.`,
      );
    }
    return {
      fromMs: Math.max(wanted, reachMs),
      outOfReach: wanted < reachMs,
      joins: before === null || wanted <= before.getTime(),
      last: null,
    };
  }

  /** History is fetched only for whoever asks for it: the next run begins after the newest event of now. */
  private async coverNothing(hand: RunInHand, pages: EventPages): Promise<void> {
    const newest = await pages.newest();
    const beginMs = newest === null ? hand.run.startedAt.getTime() : (newest.created + 1) * 1_000;
    // Runs begin that much before what is covered.
    const coveredUntil = new Date(beginMs + this.parts.overlapMs);
    await hand.save({ done: 0, total: null, added: 0, known: 0, failed: 0, checkpoint: null, coveredUntil });
  }

  /** When the oldest event came that this endpoint has. */
  private async firstReceived(endpoint: string): Promise<Date | null> {
    const [row] = await this.parts.database.query(
      `SELECT received_at FROM ${this.parts.database.table(EventEntity)} WHERE endpoint = ? ORDER BY id LIMIT 1`,
      [endpoint],
    );
    return toDate(row?.received_at);
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
