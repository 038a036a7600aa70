import type { Stripe } from 'stripe';
import { EndpointApi, type EndpointChanges, type RequestOptions } from './endpoint-api';
import type { WantedEndpoint } from './endpoint-drift';
import { metadataOf, type RemoteEndpoint } from './remote-endpoint';

type Destinations = Stripe['v2']['core']['eventDestinations'];

/** What of a destination is read: https://docs.stripe.com/api/v2/core/event_destinations/object. */
interface Destination {
  readonly id: string;
  readonly description: string;
  readonly enabled_events: readonly string[];
  readonly event_payload: string;
  readonly livemode: boolean;
  readonly metadata?: Readonly<Record<string, string>> | null;
  readonly status: string;
  readonly type: string;
  readonly webhook_endpoint?: { readonly signing_secret?: string | null; readonly url?: string | null } | null;
}

/** It is said only to whoever asks. */
const WITH_URL: 'webhook_endpoint.url'[] = ['webhook_endpoint.url'];

/** The event destinations of an account that deliver thin events over HTTP. */
export class EventDestinationApi extends EndpointApi {
  private readonly destinations: Destinations;

  constructor(stripe: Stripe) {
    super();
    this.destinations = stripe.v2.core.eventDestinations;
  }

  async list(options?: RequestOptions): Promise<RemoteEndpoint[]> {
    const found: Destination[] = [];
    // Before 21 the SDK refuses options without anything in them.
    const given = options === undefined ? [] : [options];
    for await (const destination of this.destinations.list({ include: WITH_URL, limit: 100 }, ...given)) {
      found.push(destination);
    }
    return found
      .filter(({ type, event_payload: payload }) => type === 'webhook_endpoint' && payload === 'thin')
      .map(remote);
  }

  async update(id: string, { url, disabled, ...changes }: EndpointChanges): Promise<void> {
    const params = { ...changes, ...(url === undefined ? {} : { webhook_endpoint: { url } }) };
    if (Object.keys(params).length > 0) {
      await this.destinations.update(id, params as Parameters<Destinations['update']>[1]);
    }
    if (disabled === false) {
      await this.destinations.enable(id);
    }
  }

  protected async make(wanted: WantedEndpoint, idempotencyKey: string): Promise<RemoteEndpoint> {
    const { url, name = 'default', connect = false, description } = wanted.declaration;
    const params = {
      ...{ name, type: 'webhook_endpoint', event_payload: 'thin', webhook_endpoint: { url } },
      enabled_events: wanted.types,
      metadata: metadataOf({ name, connect }),
      include: [...WITH_URL, 'webhook_endpoint.signing_secret'],
      ...(connect ? { events_from: ['@accounts'] } : {}),
      ...(description === undefined ? {} : { description }),
    } as unknown as Parameters<Destinations['create']>[0];
    return remote(await this.destinations.create(params, { idempotencyKey }));
  }

  protected async retrieve(id: string): Promise<RemoteEndpoint> {
    return remote(await this.destinations.retrieve(id, { include: WITH_URL }));
  }
}

function remote(destination: Destination): RemoteEndpoint {
  const { id, description, enabled_events, livemode, metadata = null, status, webhook_endpoint: over } = destination;
  const secret = over?.signing_secret ?? null;
  return {
    ...{ id, description, enabled_events, livemode, metadata, status },
    // Thin events have none.
    api_version: null,
    url: over?.url ?? '',
    ...(secret === null ? {} : { secret }),
  };
}
