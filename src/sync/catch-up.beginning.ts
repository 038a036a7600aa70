import { Logger } from '@nestjs/common';
import { toDate, type LedgerDatabase } from '../database';
import { EventEntity } from '../events';
import type { SyncRunEntity, SyncRunStore } from '../sync-runs';

/** How long Stripe lets events be listed: https://docs.stripe.com/api/events. */
const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

/** Where a catch-up begins. */
export interface Beginning {
  /** From when on events are listed, in epoch milliseconds. */
  readonly fromMs: number;
  /** Whether older events were asked for than Stripe keeps. */
  readonly outOfReach: boolean;
  /** Whether all before `fromMs` had been fetched: only then is what is fetched now a part of one whole. */
  readonly joins: boolean;
}

/** Finds out where catch-ups begin. */
export class CatchUpBeginning {
  private readonly logger = new Logger('StripeEvents');

  constructor(
    private readonly database: LedgerDatabase,
    private readonly store: SyncRunStore,
    /** How far before what was covered they begin: events may turn up in the list after newer ones. */
    readonly overlapMs: number,
  ) {}

  /**
   * Where a run begins; null for an application that has received nothing yet, and so can have missed nothing.
   *
   * @param covered up to when everything was fetched by the runs before it; null when there were none
   */
  async of(run: SyncRunEntity, covered: Date | null): Promise<Beginning | null> {
    const before = covered ?? (await this.firstReceived(run));
    const overlapMs = covered === null ? 0 : this.overlapMs;
    const wanted = run.since?.getTime() ?? (before === null ? null : before.getTime() - overlapMs);
    if (wanted === null) {
      return null;
    }
    const reachMs = (await this.store.now()).getTime() - KEPT_DAYS * DAY_MS;
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
    };
  }

  /** When the oldest event came that this endpoint has, of those that the run is about. */
  private async firstReceived({ endpoint, kind }: SyncRunEntity): Promise<Date | null> {
    // The names of all thin events begin so. The index leads to them, and a ledger without any has nothing to read.
    const thin = kind === 'thin-catch-up' ? "AND kind >= 'v1.' AND kind < 'v3'" : '';
    const [row] = await this.database.query(
      `SELECT received_at FROM ${this.database.table(EventEntity)} WHERE endpoint = ? ${thin} ORDER BY id LIMIT 1`,
      [endpoint],
    );
    return toDate(row?.received_at);
  }
}
