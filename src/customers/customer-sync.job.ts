import { AccountMismatchError, CustomerMissingError } from '../errors';
import { isJsonObject } from '../events';
import type { RunInHand, SyncJob, SyncProgress } from '../sync-runs';
import { cursorAfter, type CustomerPage, type CustomerPlace, type CustomerSource } from './customer-source';
import type { CustomerSync, News } from './customer-sync';
import type { CustomerSyncStore, Unseen } from './customer-sync.store';
import { CUSTOMER_RUNS, idsCheckpoint, readSyncState, type SyncState } from './sync-state';
import type { Answered } from '../stripe-api';

/** Tries of one request: with the pauses in between, some three minutes of an outage. */
const ATTEMPTS = 12;
/** Customers that are looked at one by one between two checkpoints. */
const CHECKED_AT_ONCE = 40;

/** What the job works with. */
export interface CustomerSyncJobParts {
  readonly source: CustomerSource;
  readonly sync: CustomerSync;
  readonly store: CustomerSyncStore;
}

/**
 * Takes over all customers of an account. First the list, newest first: who becomes a customer meanwhile comes by events.
 * Then those that are known here and were not in the list are asked for one by one, and only who is not there any more
 * is marked as deleted.
 */
export class CustomerSyncJob implements SyncJob {
  readonly kind = CUSTOMER_RUNS;

  constructor(private readonly parts: CustomerSyncJobParts) {}

  /** Goes on from the run's checkpoint. */
  async work(hand: RunInHand): Promise<void> {
    const place = { endpoint: hand.run.endpoint, account: hand.run.account };
    const state = readSyncState(hand.run.checkpoint);
    if (state.ids === null) {
      await this.check(hand, place, await this.list(hand, place, state));
    } else {
      await this.some(hand, place, state.ids);
    }
  }

  private async list(hand: RunInHand, place: CustomerPlace, from: SyncState): Promise<SyncState> {
    let state = from;
    let next = state.isListed ? null : this.fetch(place, state, hand.signal);
    while (next !== null) {
      const { value: page, sentAt } = await next;
      state = listed(state, page, sentAt);
      // The next page is on its way while this one is written.
      next = state.isListed ? null : this.fetch(place, state, hand.signal);
      await this.take(hand, { page, sentAt, place, state });
    }
    return state;
  }

  private async some(hand: RunInHand, place: CustomerPlace, ids: readonly string[]): Promise<void> {
    for (let left = ids; left.length > 0;) {
      const chunk = left.slice(0, CHECKED_AT_ONCE);
      left = left.slice(CHECKED_AT_ONCE);
      const known = await this.parts.store.countKnown(chunk, place.endpoint);
      const { synced, failed } = await this.parts.sync.byIds(chunk, place, hand.signal);
      const more = { done: chunk.length, known, added: Math.max(0, synced - known), failed: failed.length };
      await save(hand, readSyncState(idsCheckpoint(left)), more, hand.run.total ?? ids.length);
    }
  }

  /** Rejects when it is awaited: until then a failure has nobody to tell. */
  private fetch(place: CustomerPlace, { after }: SyncState, signal: AbortSignal): Promise<Answered<CustomerPage>> {
    const page = this.parts.source.page(place, after, { signal, attempts: ATTEMPTS });
    page.catch(() => undefined);
    return page;
  }

  private async take(hand: RunInHand, { page, sentAt, place, state }: TakenPage): Promise<void> {
    const ids = page.customers.flatMap((customer) => (isJsonObject(customer) ? [String(customer.id)] : []));
    const known = await this.parts.store.countKnown(ids, place.endpoint);
    const { failed } = await this.parts.sync.objects(page.customers, { place, seenAt: sentAt });
    const { length } = page.customers;
    await save(hand, state, {
      done: length,
      known,
      added: Math.max(0, length - known - failed.length),
      failed: failed.length,
    });
  }

  private async check(hand: RunInHand, place: CustomerPlace, from: SyncState): Promise<void> {
    for (let state = from; ;) {
      const scope = {
        ...place,
        livemode: state.livemode ?? this.parts.sync.modeOf(place.endpoint),
        seenSince: state.startedAt ?? 0,
      };
      const unseen = await this.parts.store.unseen(scope, state.checkedTo, CHECKED_AT_ONCE);
      const last = unseen.at(-1);
      if (last === undefined) {
        return;
      }
      const failed = await this.checkThese(hand, place, unseen);
      state = { ...state, checkedTo: last.id };
      await save(hand, state, { done: unseen.length, known: unseen.length - failed, added: 0, failed });
    }
  }

  private async checkThese(hand: RunInHand, place: CustomerPlace, unseen: readonly Unseen[]): Promise<number> {
    const news = await Promise.all(
      unseen.map(({ stripeId }) => this.parts.sync.newsById(stripeId, place, hand.signal)),
    );
    const isMissing = ({ outcome }: News): boolean => outcome instanceof CustomerMissingError;
    const isOurs = hand.run.known > 0 || news.some(({ outcome }) => !(outcome instanceof Error));
    if (news.some(isMissing) && !isOurs) {
      throw new AccountMismatchError();
    }
    const { failed } = await this.parts.sync.settle(
      news.map((one) => (isMissing(one) ? this.parts.sync.gone(String(one.id), place) : one)),
    );
    return failed.length;
  }
}

interface TakenPage {
  readonly page: CustomerPage;
  readonly sentAt: number;
  readonly place: CustomerPlace;
  readonly state: SyncState;
}

function listed(state: SyncState, page: CustomerPage, sentAt: number): SyncState {
  const after = cursorAfter(page);
  const [first] = page.customers;
  return {
    ...state,
    startedAt: state.startedAt ?? sentAt,
    livemode: state.livemode ?? (isJsonObject(first) && typeof first.livemode === 'boolean' ? first.livemode : null),
    after,
    isListed: !page.hasMore || after === null,
  };
}

/** Adds to what earlier checkpoints count. */
function save(
  hand: RunInHand,
  state: SyncState,
  more: Omit<SyncProgress, 'total'>,
  total = hand.run.total,
): Promise<void> {
  const { run } = hand;
  return hand.save({
    done: run.done + more.done,
    added: run.added + more.added,
    known: run.known + more.known,
    failed: run.failed + more.failed,
    total,
    checkpoint: JSON.stringify(state),
  });
}
