import { CustomerNotFoundError, InvalidRequestError, OwnerTakenError } from '../errors';
import {
  checkHandlers,
  directoryKey,
  type EventDispatcher,
  type HandlerDirectory,
  type ServedAccounts,
} from '../events';
import type { CustomerOwnerStore } from './customer-owner.store';
import { CustomerEntity } from './customer.entity';
import type { CustomerQuery } from './customer.query';
import type { CustomerStore } from './customer.store';
import type { StripeMissedEvents } from './missed-events';
import { isOwnerId } from './owner-id';

/**
 * A customer: as it is stored, by Stripe's id, or as the Stripe API returned it. Only the last becomes known by this, if
 * it is not yet: its webhook may well come later.
 */
export type StripeCustomerReference = CustomerEntity | string | StripeCustomerObject;

/** What is needed of a customer that the Stripe API returned. */
export interface StripeCustomerObject {
  /** `cus_…`. */
  readonly id: string;
  readonly object: 'customer';
  readonly livemode: boolean;
}

/** Where a customer is that is not given as it is stored. */
export interface FindCustomerOptions {
  /** The name of its account, where the module serves several. @default the one that has it, or the only one */
  readonly endpoint?: string;
}

/** How an owner is linked. */
export interface LinkOwnerOptions extends FindCustomerOptions {
  /** The connected account of a customer that the Stripe API returned. @default none, one's own */
  readonly account?: string;
  /** Whether the customer's events are replayed that were handled before, and which. @default false */
  readonly replay?: StripeMissedEvents | boolean;
}

/** How an owner is unlinked. */
export interface UnlinkOwnerOptions extends FindCustomerOptions {
  /** Unlinks nobody but this one. @default whoever it is at this moment */
  readonly ownerId?: string;
}

/** What this class works with. */
export interface CustomerOwnersParts {
  readonly store: CustomerOwnerStore;
  readonly query: CustomerQuery;
  readonly customers: CustomerStore;
  readonly handlers: HandlerDirectory;
  readonly dispatcher: EventDispatcher;
  readonly accounts: Pick<ServedAccounts, 'ofCustomer'>;
}

/** How often a link is tried that somebody else's unlinking got in the way of. */
const MOST_TRIES = 5;

/** Links customers to the application's own users, and unlinks them. */
export class CustomerOwners {
  constructor(private readonly parts: CustomerOwnersParts) {}

  /**
   * Links a customer to a user of the application. A customer has one owner at most, and keeps it: the same again is
   * fine, another is refused, and of several at the same time one wins. A user may have many customers.
   *
   * @returns the customer as it is stored now
   * @throws {OwnerTakenError} when the customer has another owner
   * @throws {CustomerNotFoundError} when no customer is stored under this id
   * @throws {AmbiguousIdError} when several accounts have a customer of this id, and `endpoint` names none of them
   * @throws {InvalidRequestError} when the owner's id cannot be stored, or a handler or an account is not there
   */
  async link(
    customer: StripeCustomerReference,
    ownerId: string,
    options: LinkOwnerOptions = {},
  ): Promise<CustomerEntity> {
    if (!isOwnerId(ownerId)) {
      throw new InvalidRequestError([
        'ownerId must be a text of 1 to 255 characters, without control characters or blanks at its ends',
      ]);
    }
    const missed = missedOf(options.replay);
    checkHandlers(missed?.handlers, this.parts.handlers);
    const linked = await this.settle(await this.known(customer, options), ownerId, missed);
    if (missed !== undefined) {
      this.parts.dispatcher.announce();
    }
    return sameAs(customer, linked);
  }

  /**
   * Takes a customer's owner away. A resolver that finds the same one again will set it again.
   *
   * @returns the customer as it is stored now
   * @throws {OwnerTakenError} when it has another owner than the one that shall go
   * @throws {CustomerNotFoundError} when no customer is stored under this id
   */
  async unlink(customer: StripeCustomerReference, options: UnlinkOwnerOptions = {}): Promise<CustomerEntity> {
    const known = await this.stored(customer, options);
    const owner = options.ownerId ?? known.ownerId;
    if (owner !== null) {
      await this.parts.store.release(known.id, owner);
    }
    const now = await this.again(known);
    if (now.ownerId !== null) {
      throw new OwnerTakenError();
    }
    return sameAs(customer, now);
  }

  private async settle(
    customer: CustomerEntity,
    ownerId: string,
    missed: StripeMissedEvents | undefined,
  ): Promise<CustomerEntity> {
    for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
      const won = await this.parts.store.claim([{ customer, ownerId }], missed);
      const now = await this.again(customer);
      if (won.size > 0) {
        return Object.assign(now, { ownerId });
      }
      if (now.ownerId === ownerId) {
        await (missed === undefined ? undefined : this.parts.store.replay(customer, missed));
        return now;
      }
      if (now.ownerId !== null) {
        break;
      }
    }
    throw new OwnerTakenError();
  }

  /** Only an object of the API says all that has to be known of a customer that is not stored yet. */
  private async known(customer: StripeCustomerReference, options: LinkOwnerOptions): Promise<CustomerEntity> {
    if (typeof customer === 'string' || customer instanceof CustomerEntity) {
      return this.stored(customer, options);
    }
    const { account = null } = options;
    const endpoint = this.parts.accounts.ofCustomer(options.endpoint);
    const { id: stripeId, livemode } = customer;
    const known = await this.parts.customers.ensure([{ endpoint, stripeId, livemode, account }]);
    return found(known.get(directoryKey(endpoint, stripeId)));
  }

  private async stored(customer: StripeCustomerReference, { endpoint }: FindCustomerOptions): Promise<CustomerEntity> {
    if (customer instanceof CustomerEntity) {
      return this.again(customer);
    }
    const stripeId = typeof customer === 'string' ? customer : customer.id;
    return found(await this.parts.query.find(stripeId, endpoint));
  }

  private async again({ stripeId, endpoint }: CustomerEntity): Promise<CustomerEntity> {
    return found(await this.parts.query.find(stripeId, endpoint));
  }
}

function missedOf(replay: StripeMissedEvents | boolean | undefined): StripeMissedEvents | undefined {
  return replay === true ? {} : replay === false ? undefined : replay;
}

/** Who gave the stored customer goes on with it, as it is now. */
function sameAs(given: StripeCustomerReference, now: CustomerEntity): CustomerEntity {
  return given instanceof CustomerEntity ? Object.assign(given, now) : now;
}

function found(customer: CustomerEntity | null | undefined): CustomerEntity {
  if (customer === null || customer === undefined) {
    throw new CustomerNotFoundError();
  }
  return customer;
}
