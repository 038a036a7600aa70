import type { Stripe } from 'stripe';
import { EndpointApi, type EndpointChanges, type RequestOptions } from './endpoint-api';
import type { WantedEndpoint } from './endpoint-drift';
import { metadataOf, type RemoteEndpoint } from './remote-endpoint';

/** The webhook endpoints of an account, which deliver snapshot events. */
export class WebhookEndpointApi extends EndpointApi {
  constructor(private readonly stripe: Stripe) {
    super();
  }

  async list(options?: RequestOptions): Promise<RemoteEndpoint[]> {
    const endpoints: RemoteEndpoint[] = [];
    // Before 21 the SDK refuses options without anything in them.
    const given = options === undefined ? [] : [options];
    for await (const endpoint of this.stripe.webhookEndpoints.list({ limit: 100 }, ...given)) {
      endpoints.push(endpoint);
    }
    return endpoints;
  }

  async update(id: string, changes: EndpointChanges): Promise<void> {
    await this.stripe.webhookEndpoints.update(id, changes as Parameters<Stripe['webhookEndpoints']['update']>[1]);
  }

  protected make(wanted: WantedEndpoint, idempotencyKey: string): Promise<RemoteEndpoint> {
    const { url, name, connect = false, description } = wanted.declaration;
    const params = {
      ...{ url, connect, enabled_events: wanted.types },
      metadata: metadataOf({ name, connect }),
      ...(wanted.apiVersion === null ? {} : { api_version: wanted.apiVersion }),
      ...(description === undefined ? {} : { description }),
    } as unknown as Parameters<Stripe['webhookEndpoints']['create']>[0];
    return this.stripe.webhookEndpoints.create(params, { idempotencyKey });
  }

  protected retrieve(id: string): Promise<RemoteEndpoint> {
    return this.stripe.webhookEndpoints.retrieve(id);
  }
}
