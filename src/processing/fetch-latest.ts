import type { Stripe } from 'stripe';
import { FetchUnsupportedError } from '../errors';
import type { EventEntity } from '../events';
import { objectPath } from './object-paths';

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

/** The API answers 404 for what is not there, or not any more. */
function isGone(error: unknown): boolean {
  return typeof error === 'object' && error !== null && (error as { statusCode?: unknown }).statusCode === 404;
}
