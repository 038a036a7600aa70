import type { MergeNames } from '../database';
import { DESCRIBED_COLUMNS } from './customer-values';

/** Stripe's events say only the second they were made in: https://docs.stripe.com/api/events/object. */
const SECOND_MS = 1_000;
/** Time enough for the second in doubt to be over at Stripe, and on its clock, which also counts seconds. */
const REFRESH_AFTER_MS = 3_000;

/**
 * What becomes of a customer that is there, when an event or a sync says something of it. In SQL, so that it is decided
 * on the row as it is when it is written, whoever else writes it.
 *
 * An event happened at some moment of its second. A sync saw its state when its request was sent or later, by Stripe's
 * clock. What is surely older changes nothing. Where the order cannot be told, the later arrival of two events counts,
 * and an event counts more than a sync; and if they say different things, the customer is to be fetched again.
 */
export class MergeRule {
  constructor(
    private readonly names: MergeNames,
    private readonly now: string,
  ) {}

  /** Whether anything changes. */
  get condition(): string {
    const { present, fresh } = this.names;
    const deletes = `(${fresh('deleted_at')} IS NOT NULL AND ${present('deleted_at')} IS NULL)`;
    return `(${this.isSync} OR ${deletes} OR ${this.describes})`;
  }

  /** In an order in which each is worked out before the columns change that it reads. */
  get changes(): { column: string; sql: string }[] {
    const { present, fresh } = this.names;
    const where = (condition: string, column: string): string =>
      `CASE WHEN ${condition} THEN ${fresh(column)} ELSE ${present(column)} END`;
    const described = [...DESCRIBED_COLUMNS, 'described_by'];
    const deletes = `${fresh('deleted_at')} IS NOT NULL`;
    const later = `${this.isSync} AND (${present('synced_at')} IS NULL OR ${present('synced_at')} < ${fresh('synced_at')})`;
    return [
      { column: 'refresh_at', sql: this.refreshAt },
      ...described.map((column) => ({ column, sql: where(this.describes, column) })),
      { column: 'placeholder', sql: where(`${this.describes} OR ${deletes}`, 'placeholder') },
      { column: 'account', sql: `COALESCE(${present('account')}, ${fresh('account')})` },
      { column: 'last_event_at', sql: where(`${this.isEvent} AND ${this.describes}`, 'last_event_at') },
      { column: 'deleted_at', sql: this.deletedAt },
      { column: 'synced_at', sql: where(later, 'synced_at') },
    ];
  }

  private get isSync(): string {
    return `${this.names.fresh('synced_at')} IS NOT NULL`;
  }

  private get isEvent(): string {
    return `${this.names.fresh('synced_at')} IS NULL`;
  }

  /** Whether it comes with a description, and that is taken over. */
  private get describes(): string {
    return `(${this.names.fresh('described_by')} IS NOT NULL AND ((${this.eventCounts}) OR (${this.syncCounts})))`;
  }

  /** A creation comes before all else, so it yields to whatever is known from its second. */
  private get eventCounts(): string {
    const { present, fresh } = this.names;
    const [last, at, synced] = [present('last_event_at'), fresh('last_event_at'), present('synced_at')];
    const isLater = `${fresh('described_by')} <> 'created'`;
    return `${this.isEvent} AND ${present('deleted_at')} IS NULL
 AND (${last} IS NULL OR ${last} < ${at} OR (${last} = ${at} AND ${isLater}))
 AND (${synced} IS NULL OR (${isLater} AND ${synced} < ${at} + ${SECOND_MS}))`;
  }

  private get syncCounts(): string {
    const { present, fresh } = this.names;
    const at = fresh('synced_at');
    const over = (column: string): string =>
      `(${present(column)} IS NULL OR ${present(column)} + ${SECOND_MS} <= ${at})`;
    return `${this.isNewSync} AND ${over('last_event_at')} AND ${over('deleted_at')}`;
  }

  /** Whether it is a sync, and none that is later was there before. */
  private get isNewSync(): string {
    const { present, fresh } = this.names;
    return `(${this.isSync} AND (${present('synced_at')} IS NULL OR ${present('synced_at')} <= ${fresh('synced_at')}))`;
  }

  private get refreshAt(): string {
    const { present, fresh } = this.names;
    return `CASE WHEN ${fresh('deleted_at')} IS NOT NULL THEN NULL
 WHEN ${this.isInDoubt} THEN ${this.now} + ${REFRESH_AFTER_MS}
 WHEN ${this.describes} OR ${this.isNewSync} THEN NULL ELSE ${present('refresh_at')} END`;
  }

  private get isInDoubt(): string {
    const { present, fresh } = this.names;
    const [last, at, synced] = [present('last_event_at'), fresh('last_event_at'), present('synced_at')];
    const differs = `(${present('data')} IS NULL OR ${fresh('data')} IS NULL OR ${present('data')} <> ${fresh('data')})`;
    const sameSecond = `((${last} = ${at} AND ${present('described_by')} <> 'created') OR ${synced} >= ${at})`;
    const betweenEvents = `${fresh('described_by')} = 'updated' AND ${this.describes} AND ${sameSecond}`;
    const besideEvent = `${present('deleted_at')} IS NULL AND ${last} + ${SECOND_MS} > ${fresh('synced_at')}
 AND ${this.isNewSync}`;
    return `(${fresh('described_by')} IS NOT NULL AND ${differs} AND ((${betweenEvents}) OR (${besideEvent})))`;
  }

  /** Deleting is for good at Stripe: who is seen there afterwards was not. */
  private get deletedAt(): string {
    const { present, fresh } = this.names;
    return `CASE WHEN ${fresh('deleted_at')} IS NOT NULL THEN COALESCE(${present('deleted_at')}, ${fresh('deleted_at')})
 WHEN ${this.isSync} AND ${this.describes} THEN NULL ELSE ${present('deleted_at')} END`;
  }
}
