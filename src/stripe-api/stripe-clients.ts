import Stripe from 'stripe';
import { StripeClientMissingError } from '../errors';

/** Whose account a client speaks to. */
export interface StripeScope {
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

  constructor(private readonly source: StripeClientSource) {}

  /**
   * The client of an account.
   *
   * @throws {StripeClientMissingError} when the module has neither a key nor a client that fits the scope
   */
  for(scope: StripeScope): Stripe {
    const key = `${scope.account ?? ''} ${scope.context ?? ''}`;
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

  private make(scope: StripeScope): Stripe {
    const { apiKey, client, clientOptions } = this.source;
    if (typeof client === 'function') {
      return client(scope);
    }
    const own = scope.account === null && scope.context === null;
    if (client !== undefined && own) {
      return client;
    }
    if (apiKey === undefined) {
      throw new StripeClientMissingError(
        own ? 'context.stripe' : 'context.stripe for a connected account (client may be a function of the scope)',
      );
    }
    return new Stripe(apiKey, { ...clientOptions, ...scopeConfig(scope) });
  }
}

function scopeConfig({ account, context }: StripeScope): Stripe.StripeConfig {
  return {
    ...(account === null ? {} : { stripeAccount: account }),
    ...(context === null || account !== null ? {} : { stripeContext: context }),
  };
}
