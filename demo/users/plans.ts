import { Injectable } from '@nestjs/common';
import { UnrecoverableEventError } from 'nestjs-stripe-events';

/** What is read of a subscription. Endpoints with an old API version leave the price out. */
export interface Subscribed {
  readonly status: string;
  readonly items?: { readonly data: readonly { readonly price?: { readonly lookup_key?: string | null } }[] };
}

const PAID_UP = ['active', 'trialing'];

/** What each plan opens. Plans are told apart by the lookup key of their price. */
@Injectable()
export class Plans {
  private readonly accessByLookupKey = new Map([
    ['basic', 'basic'],
    ['pro', 'pro'],
  ]);

  /** Adds a plan. */
  add(lookupKey: string, access: string): void {
    this.accessByLookupKey.set(lookupKey, access);
  }

  /**
   * What a subscription gives access to.
   *
   * @throws {UnrecoverableEventError} when its plan is not known: trying again cannot help before somebody adds it
   */
  accessOf({ status, items }: Subscribed): string {
    if (!PAID_UP.includes(status)) {
      return 'suspended';
    }
    const lookupKey = items?.data[0]?.price?.lookup_key ?? 'basic';
    const access = this.accessByLookupKey.get(lookupKey);
    if (access === undefined) {
      throw new UnrecoverableEventError(`The plan "${lookupKey}" is not known.`);
    }
    return access;
  }
}
