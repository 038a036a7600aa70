import type Stripe from 'stripe';
import { asJsonObject } from '../events';
import type { StripeReader } from '../stripe-api';
import type { ListedEvent } from './event-pages';
import { elementsOf } from './json-elements';

/** A stretch of time, in epoch milliseconds: from its begin, up to but without its end. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Some events of a stretch of time. */
export interface ThinEventPage {
  /** Oldest first, among themselves. */
  readonly events: readonly ListedEvent[];
  /** Where the next page is; null when this was the last. */
  readonly next: string | null;
}

const PATH = '/v2/core/events';
const MOST_EVENTS = 100;

/** `GET /v2/core/events`. The order of the list is not documented: https://docs.stripe.com/api/v2/core/events/list. */
export class ThinEventPages {
  constructor(
    private readonly reader: StripeReader,
    private readonly client: Stripe,
    private readonly signal: AbortSignal,
  ) {}

  /** The first page of a stretch of time, or the one that an earlier page has named. */
  async page({ fromMs, toMs }: Stretch, next: string | null): Promise<ThinEventPage> {
    const parameters = new URLSearchParams({
      ...{ 'created[gte]': new Date(fromMs).toISOString(), 'created[lt]': new Date(toMs).toISOString() },
      limit: String(MOST_EVENTS),
    });
    const { text, body } = await this.reader.get(this.client, next ?? `${PATH}?${parameters.toString()}`, this.signal);
    const { data, next_page_url: url } = asJsonObject(body);
    const listed: readonly unknown[] = Array.isArray(data) ? data : [];
    const texts = elementsOf(text, 'data');
    const events = listed.map((event, index) => listedEvent(event, texts?.[index]));
    return { events: events.sort((one, other) => one.created - other.created), next: pathOf(url) };
  }
}

function listedEvent(event: unknown, text = JSON.stringify(event)): ListedEvent {
  const { id, created } = event as { readonly id: string; readonly created: string };
  return { id, created: Date.parse(created) / 1_000, text };
}

/** The secret key goes nowhere else: an address that leads out of the list is none. */
function pathOf(url: unknown): string | null {
  return typeof url === 'string' && url.startsWith(`${PATH}?`) ? url : null;
}
