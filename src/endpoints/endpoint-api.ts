import { createHash, randomUUID } from 'node:crypto';
import type { Stripe } from 'stripe';
import { isGone } from '../stripe-api';
import { isSameUrl } from './endpoint-declaration';
import type { WantedEndpoint } from './endpoint-drift';
import { markOf, type RemoteEndpoint } from './remote-endpoint';

/** Stripe allows sixteen endpoints in an account (https://docs.stripe.com/webhooks): nobody has deleted many more today. */
const MOST_GENERATIONS = 32;

/** How a request is made, in the SDK's words. */
export type RequestOptions = Parameters<Stripe['webhookEndpoints']['list']>[1];

/** What is changed of an endpoint. */
export interface EndpointChanges {
  readonly enabled_events?: readonly string[];
  readonly url?: string;
  readonly description?: string;
  readonly disabled?: false;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Endpoints of one kind that an account has, as the Stripe API has them. */
export abstract class EndpointApi {
  /** All of them. */
  abstract list(options?: RequestOptions): Promise<RemoteEndpoint[]>;

  /** Changes what is given, and nothing else. */
  abstract update(id: string, changes: EndpointChanges): Promise<void>;

  /** Creates it, with its secret. */
  protected abstract make(wanted: WantedEndpoint, idempotencyKey: string): Promise<RemoteEndpoint>;

  protected abstract retrieve(id: string): Promise<RemoteEndpoint>;

  /**
   * Creates the endpoint, with its secret; null when somebody else has created it meanwhile, with other types.
   *
   * The idempotency key is made of what the endpoint is, and so the same in all processes: of several that create it at
   * the same time one does, and the others get the same answer, for as long as Stripe remembers keys, which is 24 hours at
   * least (https://docs.stripe.com/api/idempotent_requests). An answer that Stripe remembers may tell of an endpoint
   * that was deleted since; then the next key is tried.
   */
  async create(wanted: WantedEndpoint): Promise<RemoteEndpoint | null> {
    for (let generation = 1; generation <= MOST_GENERATIONS; generation += 1) {
      const created = await this.createOnce(wanted, keyOf(wanted, generation));
      if (created === null && (await this.hasOwn(wanted))) {
        return null;
      }
      if (created !== null && (await this.isThere(created, wanted))) {
        return created;
      }
    }
    return this.createOnce(wanted, randomUUID());
  }

  /** Null when the key was used before, for something else. */
  private async createOnce(wanted: WantedEndpoint, idempotencyKey: string): Promise<RemoteEndpoint | null> {
    try {
      return await this.make(wanted, idempotencyKey);
    } catch (error) {
      if ((error as { rawType?: unknown } | null)?.rawType === 'idempotency_error') {
        return null;
      }
      throw error;
    }
  }

  private async isThere({ id }: RemoteEndpoint, { declaration }: WantedEndpoint): Promise<boolean> {
    try {
      const now = await this.retrieve(id);
      return markOf(now).name === nameOf(declaration) && isSameUrl(now.url, declaration.url);
    } catch (error) {
      if (isGone(error)) {
        return false;
      }
      throw error;
    }
  }

  private async hasOwn({ declaration }: WantedEndpoint): Promise<boolean> {
    return (await this.list()).some((endpoint) => markOf(endpoint).name === nameOf(declaration));
  }
}

function nameOf({ name = 'default' }: { readonly name?: string }): string {
  return name;
}

function keyOf({ declaration }: WantedEndpoint, generation: number): string {
  const { url, connect = false, payload = 'snapshot' } = declaration;
  const kind = payload === 'snapshot' ? [] : [payload];
  const identity = JSON.stringify([nameOf(declaration), url, connect, generation, ...kind]);
  return `nestjs-stripe-events-endpoint-${createHash('sha256').update(identity).digest('hex')}`;
}
