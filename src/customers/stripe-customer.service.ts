import { CustomerMissingError, InvalidRequestError, StripeEventsError } from '../errors';
import { columnText, type Page, type ServedAccounts } from '../events';
import type { StripeTime } from '../stripe-api';
import type { SyncRunEntity, SyncRunOptions, SyncRuns } from '../sync-runs';
import { CUSTOMER_RUNS, idsCheckpoint } from './sync-state';
import type { CustomerOwners, LinkOwnerOptions, StripeCustomerReference, UnlinkOwnerOptions } from './customer-owners';
import type { CustomerPlace, CustomerSource } from './customer-source';
import type { CustomerSync, CustomerSyncResult, News } from './customer-sync';
import type { CustomerEntity } from './customer.entity';
import type { CustomerListFilter, CustomerQuery } from './customer.query';
import type { CustomerStore } from './customer.store';

/** Which of Stripe's accounts customers are of. */
export interface CustomerScope {
  /** The name of the account. @default the only one, or the one called `default` */
  readonly endpoint?: string;
  /** The connected account, `acct_…`. @default one's own */
  readonly account?: string | null;
}

/** How customers are synced. */
export interface CustomerSyncOptions extends CustomerScope {
  /**
   * When the objects were fetched. Too late, and events that came in between are taken for older. @default when Stripe
   * gave the object, where the SDK's `lastResponse` is still on it; else now
   */
  readonly fetchedAt?: Date;
  /** Aborted, no more customers are fetched, and the call rejects. What was stored by then stays. */
  readonly signal?: AbortSignal;
}

/** How all customers are synced. */
export interface CustomerSyncAllOptions extends CustomerScope, SyncRunOptions {}

/** What the service works with. */
export interface CustomerServiceParts {
  readonly sync: CustomerSync;
  readonly source: CustomerSource;
  readonly runs: SyncRuns;
  readonly owners: CustomerOwners;
  readonly query: CustomerQuery;
  readonly store: CustomerStore;
  readonly time: StripeTime;
  readonly accounts: ServedAccounts;
}

/** Most ids or objects that one call takes. */
const MOST = 100_000;
/** Most ids of one run: they are kept in its row. */
const MOST_IDS_OF_RUN = 1_000;

/** What can be done with customers: take them over from Stripe, find them, mark them as deleted. */
export class StripeCustomerService {
  constructor(private readonly parts: CustomerServiceParts) {}

  /**
   * Takes a customer over from Stripe: an object, whole or the stub of a deleted one, or an id, which is fetched. An
   * older state never overwrites a newer one. The object stays as it is.
   *
   * @returns the customer as it is stored now
   * @throws {InvalidCustomerError} when this is no customer
   * @throws {CustomerMissingError} when Stripe has none of this id in this account and mode
   * @throws {StripeApiError} when the API refuses, or does not answer
   * @throws {StripeClientMissingError} when an id is given and the module has no client
   */
  async sync(stripeData: string | object, options: CustomerSyncOptions = {}): Promise<CustomerEntity> {
    const place = this.placeOf(options);
    const news =
      typeof stripeData === 'string'
        ? await this.parts.sync.newsById(stripeData, place, options.signal)
        : this.parts.sync.newsOf(stripeData, { place, seenAt: options.fetchedAt?.getTime() });
    return this.stored(news, place);
  }

  /**
   * Fetches customers and takes them over, at most 20 a second. One that fails does not stop the others.
   *
   * @throws {InvalidRequestError} when this is no list of ids, or one of more than 100,000
   */
  async syncByIds(ids: readonly string[], options: CustomerSyncOptions = {}): Promise<CustomerSyncResult> {
    checkList('ids', ids);
    return this.parts.sync.byIds(ids, this.placeOf(options), options.signal);
  }

  /**
   * Takes objects over that were fetched already, many in one statement. One that fails does not stop the others, and
   * the objects stay as they are.
   *
   * @throws {InvalidRequestError} when this is no list, or one of more than 100,000
   */
  async syncBatch(objects: readonly unknown[], options: CustomerSyncOptions = {}): Promise<CustomerSyncResult> {
    checkList('objects', objects);
    return this.parts.sync.objects(objects, { place: this.placeOf(options), seenAt: options.fetchedAt?.getTime() });
  }

  /**
   * Takes over all customers of an account, page by page, and marks those as deleted that Stripe has no more. A run of
   * its own: resumed after a crash, by any process, and cancelled by the signal or from elsewhere; a second call joins
   * the run that is under way. Seeing a customer again takes its mark away.
   *
   * @returns the run at its end, with its counts
   * @throws {SyncRunCancelledError} when it was cancelled
   * @throws {SyncRunFailedError} when it failed; the run says why
   * @throws {StripeClientMissingError} when the module has no client
   */
  async syncAll({ signal, onProgress, ...scope }: CustomerSyncAllOptions = {}): Promise<SyncRunEntity> {
    const place = this.askable(scope);
    const options = {
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onProgress }),
    };
    return this.parts.runs.run({ kind: CUSTOMER_RUNS, ...place }, options);
  }

  /**
   * Starts what `syncAll()` does, or what `syncByIds()` does, as a run, and does not wait for its end.
   *
   * @returns the run; for all customers the one that is under way, where there is one
   * @throws {InvalidRequestError} when there are no ids in the list, or more than 1,000
   * @throws {StripeClientMissingError} when the module has no client
   */
  async beginSync(scope: CustomerScope & { readonly ids?: readonly string[] } = {}): Promise<SyncRunEntity> {
    const place = this.askable(scope);
    const { ids } = scope;
    if (ids === undefined) {
      return this.parts.runs.begin({ kind: CUSTOMER_RUNS, ...place });
    }
    if (ids.length === 0 || ids.length > MOST_IDS_OF_RUN) {
      throw new InvalidRequestError([`ids must be a list of 1 to ${MOST_IDS_OF_RUN}`]);
    }
    return this.parts.runs.begin({ kind: CUSTOMER_RUNS, ...place, beside: true, checkpoint: idsCheckpoint(ids) });
  }

  /**
   * Marks a customer as deleted; an earlier mark stays. At Stripe nothing happens: a sync that sees the customer there
   * afterwards takes the mark away.
   *
   * @returns the customer, or null when it is not known
   */
  async softDelete(stripeId: string, endpoint?: string): Promise<CustomerEntity | null> {
    const known = await this.find(stripeId, endpoint);
    if (known === null) {
      return null;
    }
    const { account, livemode } = known;
    const place = { endpoint: known.endpoint, account };
    const silent = { description: null, describedBy: null, eventAt: null, syncedAt: null };
    await this.parts.store.merge([{ ...place, stripeId, livemode, ...silent, deletedAt: this.parts.time.now() }]);
    return this.find(stripeId, known.endpoint);
  }

  /** Links a customer to a user of the application; see `CustomerOwners.link()`. */
  linkOwner(customer: StripeCustomerReference, ownerId: string, options?: LinkOwnerOptions): Promise<CustomerEntity> {
    return this.parts.owners.link(customer, ownerId, options);
  }

  /** Takes a customer's owner away; see `CustomerOwners.unlink()`. */
  unlinkOwner(customer: StripeCustomerReference, options?: UnlinkOwnerOptions): Promise<CustomerEntity> {
    return this.parts.owners.unlink(customer, options);
  }

  /**
   * The customer that is stored under Stripe's id, or null.
   *
   * @throws {AmbiguousIdError} when no account is named, and several have it
   */
  find(stripeId: string, endpoint?: string): Promise<CustomerEntity | null> {
    return this.parts.query.find(stripeId, endpoint);
  }

  /** A page of customers, the latest known first. */
  list(filter: CustomerListFilter = {}): Promise<Page<CustomerEntity>> {
    return this.parts.query.list(filter);
  }

  private placeOf({ endpoint, account = null }: CustomerScope): CustomerPlace {
    const { accounts } = this.parts;
    const name = endpoint ?? accounts.standard;
    const problems = [
      ...(name === null || accounts.find(name) === undefined
        ? [`endpoint must be one of the accounts: ${accounts.names.join(', ')}`]
        : []),
      ...(account !== null && columnText(account) === null ? ['account must be a text of 1 to 255 characters'] : []),
    ];
    if (name === null || problems.length > 0) {
      throw new InvalidRequestError(problems);
    }
    return { endpoint: name, account };
  }

  /** Fails at once, rather than in a run that nobody looks at. */
  private askable(scope: CustomerScope): CustomerPlace {
    const place = this.placeOf(scope);
    this.parts.source.check(place);
    return place;
  }

  private async stored(news: News, { endpoint }: CustomerPlace): Promise<CustomerEntity> {
    if (news.outcome instanceof StripeEventsError) {
      throw news.outcome;
    }
    await this.parts.store.merge([news.outcome]);
    const customer = await this.find(news.outcome.stripeId, endpoint);
    if (customer === null) {
      throw new CustomerMissingError();
    }
    return customer;
  }
}

function checkList(name: string, list: unknown): void {
  if (!Array.isArray(list) || list.length > MOST) {
    throw new InvalidRequestError([`${name} must be a list of at most ${MOST}`]);
  }
}
