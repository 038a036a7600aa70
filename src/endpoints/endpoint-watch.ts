import { describeError, type Clock } from '../common';
import { StripeClientMissingError } from '../errors';
import type { HandlerDirectory, ServedAccounts } from '../events';
import type { HandlerRegistry } from '../handlers';
import type { StripeClients } from '../stripe-api';
import type { EndpointApi } from './endpoint-api';
import type { StripeEndpointDeclaration } from './endpoint-declaration';
import { driftOf, type StripeEndpointDrift } from './endpoint-drift';
import { EventDestinationApi } from './event-destination-api';
import { isOwned, markOf, type RemoteEndpoint } from './remote-endpoint';
import { wantedThinTypes, wantedTypes } from './wanted-types';
import { WebhookEndpointApi } from './webhook-endpoint-api';

/** A webhook endpoint at Stripe that leads here, or a destination of thin events, compared with the handlers of this process. */
export interface WatchedEndpoint extends Pick<StripeEndpointDrift, 'owned' | 'disabled' | 'apiVersion'> {
  /** `we_…` or `ed_…`. */
  readonly id: string;
  readonly url: string;
  /** Null where this process does not know the handlers. */
  readonly missingTypes: readonly string[] | null;
  /** Null where this process does not know the handlers. */
  readonly extraTypes: readonly string[] | null;
}

/** What Stripe said of the endpoints of an account. */
export interface WatchedAccount {
  /** The account of one's own, by its name. */
  readonly endpoint: string;
  readonly checkedAt: Date;
  /** Why Stripe did not say, or not all; null where it did. */
  readonly problem: string | null;
  readonly found: readonly WatchedEndpoint[];
}

/** What the watch works with. */
export interface EndpointWatchParts {
  readonly clients: StripeClients;
  readonly registry: Pick<HandlerRegistry, 'patterns'>;
  readonly handlers: HandlerDirectory;
  readonly accounts: ServedAccounts;
  /** Where webhooks come in, without the application's prefix. */
  readonly paths: readonly string[];
  readonly clock: Clock;
}

type Payload = NonNullable<StripeEndpointDeclaration['payload']>;

/** An answer is good for so long, however many look; what went wrong is asked again sooner. */
const FRESH_MS = 5 * 60_000;
const FRESH_PROBLEM_MS = 30_000;
const PATIENCE_MS = 10_000;

/**
 * Looks at the webhook endpoints of one's own accounts, without a declaration: those that carry this module's mark, and
 * those whose address ends in a path that webhooks come in by. Destinations of thin events are looked at where handlers
 * ask for such. Stripe is asked once in five minutes at most, and only while somebody wants to know.
 */
export class EndpointWatch {
  private latest: { readonly until: () => number; readonly answer: Promise<readonly WatchedAccount[]> } | null = null;

  constructor(private readonly parts: EndpointWatchParts) {}

  /** The accounts that Stripe can be asked about. Never rejects. */
  look(): Promise<readonly WatchedAccount[]> {
    const { clock } = this.parts;
    if (this.latest === null || clock.now() >= this.latest.until()) {
      let until = Number.POSITIVE_INFINITY;
      const answer = this.ask().then((accounts) => {
        const failed = accounts.some(({ problem }) => problem !== null);
        until = clock.now() + (failed ? FRESH_PROBLEM_MS : FRESH_MS);
        return accounts;
      });
      this.latest = { until: () => until, answer };
    }
    return this.latest.answer;
  }

  private async ask(): Promise<readonly WatchedAccount[]> {
    const accounts = await Promise.all(this.parts.accounts.names.map((name) => this.askAbout(name)));
    return accounts.filter((account) => account !== null);
  }

  /** Null where the module has no client for the account. */
  private async askAbout(endpoint: string): Promise<WatchedAccount | null> {
    const { clients, clock, registry } = this.parts;
    const found: WatchedEndpoint[] = [];
    let problem: string | null = null;
    try {
      const client = clients.for({ endpoint, account: null, context: null });
      found.push(...(await this.leadingHere(new WebhookEndpointApi(client), endpoint, 'snapshot')));
      if (wantedThinTypes(registry.patterns(endpoint)).types.length > 0) {
        found.push(...(await this.leadingHere(new EventDestinationApi(client), endpoint, 'thin')));
      }
    } catch (error) {
      if (error instanceof StripeClientMissingError) {
        return null;
      }
      problem = describeError(error).split('\n', 1)[0] ?? '';
    }
    return { endpoint, checkedAt: new Date(clock.now()), problem, found };
  }

  private async leadingHere(api: EndpointApi, account: string, payload: Payload): Promise<WatchedEndpoint[]> {
    const all = await api.list({ timeout: PATIENCE_MS, maxNetworkRetries: 0 });
    return all.filter((one) => this.leadsHere(one)).map((one) => this.compared(account, one, payload));
  }

  private leadsHere(endpoint: RemoteEndpoint): boolean {
    const { pathname } = URL.canParse(endpoint.url) ? new URL(endpoint.url) : { pathname: '' };
    const path = pathname.replace(/\/+$/, '');
    return isOwned(endpoint) || this.parts.paths.some((own) => path.endsWith(`/${own}`));
  }

  private compared(account: string, found: RemoteEndpoint, payload: Payload): WatchedEndpoint {
    const { registry, handlers, accounts, clients } = this.parts;
    const { connect } = markOf(found);
    const drift = driftOf(
      {
        ...(payload === 'thin' ? wantedThinTypes : wantedTypes)(registry.patterns(account)),
        declaration: { url: found.url, ...(connect === undefined ? {} : { connect }) },
        apiVersion: payload === 'thin' ? null : (accounts.find(account)?.apiVersion ?? clients.apiVersionOf(account)),
      },
      found,
    );
    const { owned, disabled, apiVersion, missingTypes, extraTypes, wantedTypes: wanted } = drift;
    const comparable = handlers.ids() !== null && wanted.length > 0;
    // An endpoint for everything sends whatever is wanted.
    const missing = found.enabled_events.includes('*') ? [] : missingTypes;
    return {
      ...{ id: found.id, url: found.url, owned, disabled, apiVersion },
      missingTypes: comparable ? missing : null,
      extraTypes: comparable ? extraTypes : null,
    };
  }
}
