import Stripe from 'stripe';
import { StripeClientMissingError } from '../errors';

/** Whose account a client speaks to. */
export interface StripeScope {
  /** The account of one's own, by its name in `accounts`; `default` where there is one only. */
  readonly endpoint: string;
  /** The connected account, sent as `Stripe-Account`. */
  readonly account: string | null;
  /** The context, sent as `Stripe-Context`. */
  readonly context: string | null;
}

/** Where clients come from. */
export interface StripeClientSource {
  readonly apiKey?: string | undefined;
  readonly client?: Stripe | ((scope: StripeScope) => Stripe) | undefined;
  readonly clientOptions?: Stripe.StripeConfig | undefined;
}

const MOST_CLIENTS = 100;

/** Clients of the Stripe API, scoped to the accounts that events come from. */
export class StripeClients {
  private readonly byScope = new Map<string, Stripe>();

  /** @param sources those of each account, by its name */
  constructor(private readonly sources: ReadonlyMap<string, StripeClientSource>) {}

  /**
   * The client of an account. One account's key is never used for another's events.
   *
   * @throws {StripeClientMissingError} when the module has neither a key nor a client that fits the scope
   */
  for({ endpoint, account, context }: StripeScope): Stripe {
    // An event has more to it, which is no business of the application's function.
    const scope = { endpoint, account, context };
    const key = JSON.stringify([endpoint, account, context]);
    const known = this.byScope.get(key);
    if (known !== undefined) {
      return known;
    }
    const client = this.make(scope);
    if (this.byScope.size < MOST_CLIENTS) {
      this.byScope.set(key, client);
    }
    return client;
  }

  /** The API version that an account's client speaks: the one it was set to, or that of the SDK and its types. */
  apiVersionOf(endpoint: string): string {
    const { client, clientOptions } = this.sources.get(endpoint) ?? {};
    const own = typeof client === 'function' ? undefined : (client?.getApiField('version') as string | undefined);
    return own ?? clientOptions?.apiVersion ?? Stripe.API_VERSION;
  }

  private make(scope: StripeScope): Stripe {
    const { apiKey, client, clientOptions } = this.sources.get(scope.endpoint) ?? {};
    if (typeof client === 'function') {
      return client(scope);
    }
    const own = scope.account === null && scope.context === null;
    if (client !== undefined && own) {
      return client;
    }
    if (apiKey === undefined) {
      throw new StripeClientMissingError(purposeOf(scope, own));
    }
    return new Stripe(apiKey, { ...clientOptions, ...scopeConfig(scope) });
  }
}

function purposeOf({ endpoint }: StripeScope, own: boolean): string {
  const name = endpoint === 'default' ? '' : `"${endpoint}"`;
  if (own) {
    return `context.stripe${name && ` for the account ${name}`}`;
  }
  const whose = name === '' ? 'a connected account' : `an account connected to ${name}`;
  return `context.stripe for ${whose} (client may be a function of the scope)`;
}

function scopeConfig({ account, context }: StripeScope): Stripe.StripeConfig {
  return {
    ...(account === null ? {} : { stripeAccount: account }),
    ...(context === null || account !== null ? {} : { stripeContext: context }),
  };
}
