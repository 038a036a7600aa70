import type { LedgerDatabase } from '../database';
import { InternalError, InvalidCustomerError, StripeEventsError, type StripeErrorCode } from '../errors';
import { columnText } from '../events';
import { answeredAt, type StripeTime } from '../stripe-api';
import { newsOfSync, type CustomerNews } from './customer-news';
import type { CustomerPlace, CustomerSource } from './customer-source';
import type { CustomerStore } from './customer.store';

/** A customer that could not be synced. */
export interface CustomerSyncFailure {
  /** Its id; null for an object that has none. */
  readonly id: string | null;
  /** Which of the documented cases this is. */
  readonly code: StripeErrorCode;
  /** The same for people. */
  readonly message: string;
}

/** What syncing several customers came to. */
export interface CustomerSyncResult {
  /** How many were taken in; a deleted one counts. */
  readonly synced: number;
  /** The others, in the order they were given. */
  readonly failed: readonly CustomerSyncFailure[];
}

/** What {@link CustomerSync} works with. */
export interface CustomerSyncParts {
  readonly database: LedgerDatabase;
  readonly store: CustomerStore;
  readonly source: CustomerSource;
  readonly time: StripeTime;
  /** The mode of an account's key; null where that cannot be told. */
  readonly modeOf: (endpoint: string) => boolean | null;
}

/** What is known of how an object was fetched. */
export interface Fetched {
  readonly place: CustomerPlace;
  /** When it was fetched, by Stripe's clock, in epoch milliseconds. */
  readonly seenAt?: number | undefined;
}

/** Most customers that are fetched before they are stored. */
const CHUNK = 100;

/** Takes customers from Stripe into the ledger. */
export class CustomerSync {
  constructor(private readonly parts: CustomerSyncParts) {}

  /** The mode of an account's key; null where that cannot be told. */
  modeOf(endpoint: string): boolean | null {
    return this.parts.modeOf(endpoint);
  }

  /** Fetches and stores; one bad id does not stop the others. */
  async byIds(ids: readonly string[], place: CustomerPlace, signal?: AbortSignal): Promise<CustomerSyncResult> {
    const results: CustomerSyncResult[] = [];
    for (let start = 0; start < ids.length; start += CHUNK) {
      const chunk = ids.slice(start, start + CHUNK);
      results.push(await this.settle(await Promise.all(chunk.map((id) => this.newsById(id, place, signal)))));
      signal?.throwIfAborted();
    }
    return joined(results);
  }

  /** Stores objects that were fetched before. */
  async objects(objects: readonly unknown[], fetched: Fetched): Promise<CustomerSyncResult> {
    return this.settle(objects.map((object) => this.newsOf(object, fetched)));
  }

  /** What an object says, or why it cannot be taken. */
  newsOf(object: unknown, { place, seenAt }: Fetched): News {
    // The caller's object may say when Stripe gave it; without that, it is taken to be new.
    const at = seenAt ?? answeredAt(object) ?? this.parts.time.now();
    const news = newsOfSync(object, { ...place, livemode: this.modeOf(place.endpoint) ?? false, seenAt: at });
    const { id } = (object ?? {}) as { id?: unknown };
    return { id: columnText(id), outcome: news ?? new InvalidCustomerError() };
  }

  /** What it means that Stripe has no customer of an id any more, and no stub either. */
  gone(id: string, place: CustomerPlace): News {
    return this.newsOf({ id, object: 'customer', deleted: true }, { place, seenAt: this.parts.time.now() });
  }

  /** What Stripe says of an id, or why it cannot be asked. */
  async newsById(id: string, place: CustomerPlace, signal?: AbortSignal): Promise<News> {
    if (columnText(id) === null) {
      return { id: null, outcome: new InvalidCustomerError() };
    }
    try {
      const { value, sentAt } = await this.parts.source.retrieve(id, place, { signal });
      return this.newsOf(value, { place, seenAt: sentAt });
    } catch (error) {
      signal?.throwIfAborted();
      return { id, outcome: error instanceof StripeEventsError ? error : new InternalError({ cause: error }) };
    }
  }

  /** Stores what there is. A row that the database refuses fails alone. */
  async settle(all: readonly News[]): Promise<CustomerSyncResult> {
    const refused = new Set<CustomerNews>();
    const news = all.flatMap(({ outcome }) => (outcome instanceof Error ? [] : [outcome]));
    await this.merge(news, refused);
    const failed = all.flatMap(({ id, outcome }) => {
      const error = outcome instanceof Error ? outcome : refused.has(outcome) ? new InvalidCustomerError() : null;
      return error === null ? [] : [{ id, code: error.code, message: error.message }];
    });
    return { synced: all.length - failed.length, failed };
  }

  private async merge(news: readonly CustomerNews[], refused: Set<CustomerNews>): Promise<void> {
    try {
      await this.parts.store.merge(news);
    } catch (error) {
      if (this.parts.database.dialect.classify(error) !== 'refused') {
        throw error;
      }
      if (news.length === 1) {
        news.forEach((one) => refused.add(one));
        return;
      }
      for (const one of news) {
        await this.merge([one], refused);
      }
    }
  }
}

/** Somebody that is to be stored, or why not. */
export interface News {
  readonly id: string | null;
  readonly outcome: CustomerNews | StripeEventsError;
}

function joined(results: readonly CustomerSyncResult[]): CustomerSyncResult {
  return {
    synced: results.reduce((sum, { synced }) => sum + synced, 0),
    failed: results.flatMap(({ failed }) => failed),
  };
}
