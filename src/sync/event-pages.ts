import type Stripe from 'stripe';
import { asJsonObject } from '../events';
import type { StripeReader } from '../stripe-api';
import { elementsOf } from './json-elements';

/** An event of a list. */
export interface ListedEvent {
  readonly id: string;
  /** Stripe's time of it, in seconds. */
  readonly created: number;
  /** As Stripe has written it. */
  readonly text: string;
}

/** Some events that follow each other, oldest first. */
export interface EventPage {
  readonly events: readonly ListedEvent[];
  /** Whether there are newer ones. */
  readonly hasMore: boolean;
}

const MOST_EVENTS = 100;

/**
 * `GET /v1/events`, from the oldest to the newest. The list itself is newest first; the page that ends before a known
 * event is the next newer one: https://docs.stripe.com/webhooks/process-undelivered-events.
 */
export class EventPages {
  constructor(
    private readonly reader: StripeReader,
    private readonly client: Stripe,
    private readonly signal: AbortSignal,
  ) {}

  /** The events right after this one. Rejects as `isUnknownEvent` says when Stripe does not have it any more. */
  after(id: string): Promise<EventPage> {
    return this.list({ ending_before: id });
  }

  /** The newest event of all. */
  async newest(): Promise<ListedEvent | null> {
    return this.one({});
  }

  /** The first events that were made in this second or later. */
  async from(second: number): Promise<EventPage> {
    const before = await this.one({ 'created[lt]': String(second) });
    try {
      return before === null ? await this.oldest(second) : await this.after(before.id);
    } catch (error) {
      // It may have turned too old in between.
      if (isUnknownEvent(error)) {
        return this.oldest(second);
      }
      throw error;
    }
  }

  /** No event of before is left to begin with: halves the time until the oldest event is found, some 21 requests. */
  private async oldest(second: number): Promise<EventPage> {
    let found = await this.one({ 'created[gte]': String(second) });
    if (found === null) {
      return { events: [], hasMore: false };
    }
    for (let low = second; low < found.created;) {
      const middle = low + Math.floor((found.created - low) / 2);
      const older: ListedEvent | null = await this.one({
        'created[gte]': String(second),
        'created[lte]': String(middle),
      });
      if (older === null) {
        low = middle + 1;
      } else {
        found = older;
      }
    }
    return { events: await this.ofSecond(found.created), hasMore: true };
  }

  /** Newest first, as far as they go: events share a second, but not many. */
  private async ofSecond(second: number): Promise<ListedEvent[]> {
    const events: ListedEvent[] = [];
    for (let hasMore = true; hasMore;) {
      const last = events[0];
      const page = await this.list({
        ...{ 'created[gte]': String(second), 'created[lte]': String(second) },
        ...(last === undefined ? {} : { starting_after: last.id }),
      });
      events.unshift(...page.events);
      hasMore = page.hasMore && page.events.length > 0;
    }
    return events;
  }

  private async one(query: Query): Promise<ListedEvent | null> {
    const { events } = await this.list(query, 1);
    return events[0] ?? null;
  }

  private async list(query: Query, limit = MOST_EVENTS): Promise<EventPage> {
    const parameters = new URLSearchParams({ limit: String(limit), ...query });
    const path = `/v1/events?${parameters.toString()}`;
    const { text, body } = await this.reader.get(this.client, path, this.signal);
    const { data, has_more: hasMore } = asJsonObject(body);
    const listed: readonly unknown[] = Array.isArray(data) ? data : [];
    const texts = elementsOf(text, 'data');
    const events = listed.map((event, index) => {
      const { id, created } = event as ListedEvent;
      return { id, created, text: texts?.[index] ?? JSON.stringify(event) };
    });
    return { events: events.reverse(), hasMore: hasMore === true };
  }
}

type Query = Readonly<Record<string, string>>;

/** Whether Stripe does not have the event that a page was to begin with: it keeps them for 30 days. */
export function isUnknownEvent(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'resource_missing';
}
