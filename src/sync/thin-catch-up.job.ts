import type { RunInHand, SyncJob, SyncRunEntity } from '../sync-runs';
import type { Beginning } from './catch-up.beginning';
import type { CatchUpParts } from './catch-up.job';
import { ThinEventPages, type Stretch } from './thin-event-pages';

/** So much time is listed before the place moves on: a list whose order is not known says nothing before its end. */
const STRETCH_MS = 86_400_000;

/** How far a catch-up of thin events is, as its checkpoint has it. */
interface ThinPosition extends Beginning {
  /** Up to when events are listed, in epoch milliseconds. */
  readonly toMs: number;
  /** Up to when all are through. */
  readonly throughMs: number;
  /** The next page of the stretch that begins there; null for its first. */
  readonly next: string | null;
}

/** Lists the thin events of an account into the ledger, one stretch of time after the other, the oldest first. */
export class ThinCatchUpJob implements SyncJob {
  readonly kind = 'thin-catch-up';

  constructor(private readonly parts: CatchUpParts) {}

  async work(hand: RunInHand): Promise<void> {
    const { run, signal } = hand;
    // Version 2 of the API has no Stripe-Account: https://docs.stripe.com/context.
    const client = this.parts.clients.for({ endpoint: run.endpoint, account: null, context: run.account });
    const pages = new ThinEventPages(this.parts.reader, client, signal);
    const covered = await this.parts.store.coveredUntil(run);
    let position = (await resumed(run, pages)) ?? (await this.begin(run, covered));
    if (position === null) {
      return this.coverNothing(hand);
    }
    while (position.throughMs < position.toMs) {
      const stretch = stretchOf(position);
      const { events, next } = await pages.page(stretch, position.next);
      const taken = await this.parts.intake.take(events, run, signal);
      position = { ...position, next, throughMs: next === null ? stretch.toMs : stretch.fromMs };
      await hand.save({
        done: run.done + events.length,
        total: null,
        added: run.added + taken.added,
        known: run.known + taken.known,
        failed: run.failed + taken.failed,
        checkpoint: JSON.stringify(position),
        coveredUntil: coverage(position, covered),
      });
    }
  }

  private async begin(run: SyncRunEntity, covered: Date | null): Promise<ThinPosition | null> {
    const beginning = await this.parts.beginning.of(run, covered);
    return beginning === null
      ? null
      : { ...beginning, toMs: run.startedAt.getTime(), throughMs: beginning.fromMs, next: null };
  }

  /** History is fetched only for whoever asks for it: the next run begins with now. */
  private coverNothing(hand: RunInHand): Promise<void> {
    const coveredUntil = new Date(hand.run.startedAt.getTime() + this.parts.beginning.overlapMs);
    return hand.save({ done: 0, total: null, added: 0, known: 0, failed: 0, checkpoint: null, coveredUntil });
  }
}

/** What another process had come to. A page that Stripe does not know any more is found again from its stretch's first. */
async function resumed({ checkpoint }: SyncRunEntity, pages: ThinEventPages): Promise<ThinPosition | null> {
  if (checkpoint === null) {
    return null;
  }
  const position = JSON.parse(checkpoint) as ThinPosition;
  if (position.next === null) {
    return position;
  }
  try {
    await pages.page(stretchOf(position), position.next);
    return position;
  } catch (error) {
    const { statusCode } = error as { readonly statusCode?: unknown };
    if (statusCode === 400 || statusCode === 404) {
      return { ...position, next: null };
    }
    throw error;
  }
}

function stretchOf({ throughMs, toMs }: ThinPosition): Stretch {
  return { fromMs: throughMs, toMs: Math.min(throughMs + STRETCH_MS, toMs) };
}

/** Up to when all is fetched. It never goes back, and never over a gap. */
function coverage({ joins, throughMs }: ThinPosition, before: Date | null): Date | null {
  return joins ? new Date(Math.max(throughMs, before?.getTime() ?? 0)) : before;
}
