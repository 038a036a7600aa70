import type Stripe from 'stripe';
import { CustomerMissingError, StripeApiError, StripeEventsError } from '../errors';
import { isJsonObject, type JsonObject } from '../events';
import { isGone, type Answered, type CallOptions, type PatientCalls, type StripeClients } from '../stripe-api';

/** Where customers are: the trust domain, and the connected account in it. */
export interface CustomerPlace {
  readonly endpoint: string;
  /** `acct_…`; null for one's own. */
  readonly account: string | null;
}

/** A page of Stripe's list of customers. */
export interface CustomerPage {
  readonly customers: readonly unknown[];
  readonly hasMore: boolean;
}

/** The last customer of a page, after which the next one begins. */
export interface PageCursor {
  readonly id: string;
  /** In seconds. */
  readonly created: number;
}

const PAGE_SIZE = 100;
const NO_RETRIES = { maxNetworkRetries: 0 };

/** The customers as the Stripe API has them. */
export class CustomerSource {
  constructor(
    private readonly clients: StripeClients,
    private readonly calls: PatientCalls,
  ) {}

  /** @throws {StripeClientMissingError} when the module has no client for the place */
  check(place: CustomerPlace): void {
    this.clientFor(place);
  }

  /** Whether there is a client for this place. */
  isThere(place: CustomerPlace): boolean {
    try {
      this.check(place);
      return true;
    } catch {
      return false;
    }
  }

  /**
   * A customer, or the stub of a deleted one.
   *
   * @throws {StripeClientMissingError} when the module has no client for the place
   * @throws {CustomerMissingError} when Stripe has none of this id
   * @throws {StripeApiError} when Stripe refuses to say, or does not answer
   */
  async retrieve(id: string, place: CustomerPlace, options: CallOptions = {}): Promise<Answered<unknown>> {
    const client = this.clientFor(place);
    return coded(options, () => this.calls.call(() => client.customers.retrieve(id, {}, NO_RETRIES), options));
  }

  /** A page, newest first, after the cursor. */
  async page(
    place: CustomerPlace,
    after: PageCursor | null,
    options: CallOptions = {},
  ): Promise<Answered<CustomerPage>> {
    const client = this.clientFor(place);
    const list = (from: Stripe.CustomerListParams): Promise<Answered<Stripe.ApiList<Stripe.Customer>>> =>
      this.calls.call(() => client.customers.list({ limit: PAGE_SIZE, ...from }, NO_RETRIES), options);
    const { value, sentAt } = await coded(options, async () => {
      try {
        return await list(after === null ? {} : { starting_after: after.id });
      } catch (error) {
        if (after === null || !isLostCursor(error)) {
          throw error;
        }
        // It was deleted meanwhile. What was made in its second comes once more.
        return list({ created: { lte: after.created } });
      }
    });
    return { value: { customers: value.data, hasMore: value.has_more }, sentAt };
  }

  private clientFor({ endpoint, account }: CustomerPlace): Stripe {
    return this.clients.for({ endpoint, account, context: null });
  }
}

/** Where the list goes on; null where nothing can be told from the page. */
export function cursorAfter({ customers }: CustomerPage): PageCursor | null {
  const last: unknown = customers.at(-1);
  return isJsonObject(last) && typeof last.id === 'string' ? { id: last.id, created: secondsOf(last) } : null;
}

function secondsOf({ created }: JsonObject): number {
  return typeof created === 'number' ? created : 0;
}

function isLostCursor(error: unknown): boolean {
  const { param, code } = error as { param?: unknown; code?: unknown };
  return param === 'starting_after' && code === 'resource_missing';
}

async function coded<T>({ signal }: CallOptions, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof StripeEventsError) {
      throw cause;
    }
    if (isGone(cause)) {
      throw new CustomerMissingError({ cause });
    }
    const { statusCode } = cause as { statusCode?: unknown };
    throw new StripeApiError(typeof statusCode === 'number' ? statusCode : null, { cause });
  }
}
