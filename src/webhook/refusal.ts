import { errorBody, SignatureVerificationError, StorageUnavailableError } from '../errors';
import type { StripeDeliveryEnd } from '../telemetry';

const CODE_PREFIX = 'STRIPE_EVENTS_';

/** What is said of a delivery that was not taken, in the log and to observers: a word from a short list. */
export function refusal(error: unknown): Pick<StripeDeliveryEnd, 'outcome' | 'reason'> {
  return { outcome: errorBody(error).statusCode < 500 ? 'refused' : 'failed', reason: reasonOf(error) };
}

function reasonOf(error: unknown): string {
  if (error instanceof SignatureVerificationError) {
    return error.problem;
  }
  return error instanceof StorageUnavailableError
    ? error.reason
    : errorBody(error).code.slice(CODE_PREFIX.length).toLowerCase();
}
