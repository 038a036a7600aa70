import { InvalidRequestError, InvalidStripeEventError } from '../errors';
import { DEFAULT_ENDPOINT, type OtherApiVersion } from './event-status';

/** A Stripe account whose events the ledger keeps, as far as the ledger has to know it. */
export interface ServedAccount {
  /** Its name: the `endpoint` of its events. */
  readonly name: string;
  /** The mode whose events are handled; undefined for both. */
  readonly livemode: boolean | undefined;
  /** The API version that its events are expected in; null for any. */
  readonly apiVersion: string | null;
  readonly onOtherApiVersion: OtherApiVersion;
}

/** The Stripe accounts that the module serves. Not to be confused with those connected to them. */
export class ServedAccounts {
  private readonly byName: ReadonlyMap<string, ServedAccount>;

  constructor(accounts: readonly ServedAccount[]) {
    this.byName = new Map(accounts.map((account) => [account.name, account]));
  }

  /** In the order they were given in. */
  get names(): readonly string[] {
    return [...this.byName.keys()];
  }

  /** The account that is meant where none is named: the one called `default`, else the only one; null with several. */
  get standard(): string | null {
    const [first = null] = this.names;
    return this.byName.has(DEFAULT_ENDPOINT) ? DEFAULT_ENDPOINT : this.byName.size === 1 ? first : null;
  }

  /**
   * The account of an event that is added.
   *
   * @throws {InvalidStripeEventError} when the module does not serve it, or none is named and there is a choice
   */
  ofAdded(endpoint: string | null | undefined): string {
    return this.meantBy(endpoint, (problem) => new InvalidStripeEventError('endpoint', [problem]));
  }

  /**
   * The account of a customer that is not stored yet.
   *
   * @throws {InvalidRequestError} when the module does not serve it, or none is named and there is a choice
   */
  ofCustomer(endpoint: string | undefined): string {
    return this.meantBy(endpoint, (problem) => new InvalidRequestError([problem]));
  }

  /**
   * Where an event may be that is known by Stripe's id only: with any of the accounts, or from the time before they had
   * names. A bounded list, so that an index finds it.
   */
  get searched(): readonly string[] {
    return [...new Set([...this.names, DEFAULT_ENDPOINT])];
  }

  /** The account of this name, if the module serves it. */
  find(name: string): ServedAccount | undefined {
    return this.byName.get(name);
  }

  private meantBy(endpoint: string | null | undefined, failure: (problem: string) => Error): string {
    const name = endpoint ?? this.standard;
    if (name === null || !this.byName.has(name)) {
      throw failure(`endpoint must be one of the accounts: ${this.names.join(', ')}`);
    }
    return name;
  }
}
