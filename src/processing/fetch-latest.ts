import type { Stripe } from 'stripe';
import { FetchUnsupportedError } from '../errors';
import type { EventEntity } from '../events';
import { isGone, objectPath } from '../stripe-api';

/** The object an event is about, as Stripe has it now; null when it was deleted. */
export async function fetchLatest<T extends object>(record: EventEntity, client: () => Stripe): Promise<T | null> {
  const { objectType, objectId } = record;
  const path = objectType === null || objectId === null ? null : objectPath(objectType, objectId);
  if (path === null) {
    throw new FetchUnsupportedError(objectType);
  }
  try {
    const found = (await client().rawRequest('GET', path)) as T & { deleted?: unknown };
    return found.deleted === true ? null : found;
  } catch (error) {
    if (isGone(error)) {
      return null;
    }
    throw error;
  }
}
