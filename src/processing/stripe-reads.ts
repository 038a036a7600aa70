import type { Stripe } from 'stripe';
import { FetchUnsupportedError } from '../errors';
import { eventPath, type EventEntity } from '../events';
import { isGone, objectPath } from '../stripe-api';

/** A path below the API's own, and nothing that leads elsewhere: SDKs before 22.6 would follow it with the secret key. */
const API_PATH = /^\/v\d+\/(?!.*(?:\.\.|\/\/|\\))[\x21-\x7e]+$/;

/** What a handler can ask Stripe about its event. */
export class StripeReads {
  private fetchedEvent: Promise<object | null> | undefined;

  /** @param client makes the client of the event's account, when it is needed */
  constructor(
    private readonly record: EventEntity,
    private readonly client: () => Stripe,
  ) {}

  /** The object the event is about, as Stripe has it now; null when it was deleted. */
  async latest<T extends object>(): Promise<T | null> {
    const { objectType } = this.record;
    const path = this.objectPath();
    if (path === null) {
      throw new FetchUnsupportedError(objectType);
    }
    const found = await this.get(path);
    return found?.deleted === true ? null : (found as T | null);
  }

  /** The event as Stripe gives it; null when Stripe has it no more. Asked for once. */
  event<T extends object>(): Promise<T | null> {
    this.fetchedEvent ??= this.get(eventPath(this.record)).catch((error: unknown) => {
      this.fetchedEvent = undefined;
      throw error;
    });
    return this.fetchedEvent as Promise<T | null>;
  }

  /** A thin event says where its object is; of others, the kind of the object does. */
  private objectPath(): string | null {
    const { objectType, objectId, relatedUrl } = this.record;
    if (relatedUrl !== null && API_PATH.test(relatedUrl)) {
      return relatedUrl;
    }
    return objectType === null || objectId === null ? null : objectPath(objectType, objectId);
  }

  private async get(path: string): Promise<(object & { readonly deleted?: unknown }) | null> {
    // As the SDK's own notifications do: https://github.com/stripe/stripe-node/blob/master/src/stripe.core.ts
    const additionalHeaders = { 'Stripe-Request-Trigger': `event=${encodeURIComponent(this.record.stripeId)}` };
    try {
      return (await this.client().rawRequest('GET', path, undefined, { additionalHeaders })) as object;
    } catch (error) {
      if (isGone(error)) {
        return null;
      }
      throw error;
    }
  }
}
