import { Logger } from '@nestjs/common';
import { isSameRelease } from '../common';
import type { StripeClients } from './stripe-clients';

/** Versions come from outside, so their number has no bound of its own. */
const MOST_NOTICES = 20;

/**
 * Says in the log where events are written in another API version than the one that the SDK's types are of. Whatever is
 * done with them, handlers may find fields that are not as declared.
 */
export class ApiVersionNotices {
  private readonly logger = new Logger('StripeEvents');
  private readonly noted = new Set<string>();

  constructor(private readonly clients: Pick<StripeClients, 'apiVersionOf'>) {}

  /** At start: the version that an account's events are expected in. Nothing more is said of it afterwards. */
  pinned(endpoint: string, apiVersion: string): void {
    const sdk = this.differing(endpoint, apiVersion);
    if (sdk !== null) {
      this.logger.warn(
        `Events of ${nameOf(endpoint)} are expected in API version ${apiVersion}, and the Stripe SDK speaks ${sdk}: ` +
          'handlers may find fields that are not as its types say.',
      );
    }
  }

  /** As an event arrives: once for each account and version. */
  arrived(endpoint: string, apiVersion: string | null): void {
    const sdk = apiVersion === null ? null : this.differing(endpoint, apiVersion);
    if (sdk !== null) {
      this.logger.warn(
        `An event of ${nameOf(endpoint)} came in API version ${String(apiVersion)}, and the Stripe SDK speaks ${sdk}: ` +
          'handlers may find fields that are not as its types say. This is said once.',
      );
    }
  }

  /** The SDK's version where it is another one, and nobody has been told. */
  private differing(endpoint: string, apiVersion: string): string | null {
    const key = JSON.stringify([endpoint, apiVersion]);
    if (this.noted.has(key) || this.noted.size >= MOST_NOTICES) {
      return null;
    }
    const sdk = this.clients.apiVersionOf(endpoint);
    if (isSameRelease(sdk, apiVersion)) {
      return null;
    }
    this.noted.add(key);
    return sdk;
  }
}

function nameOf(endpoint: string): string {
  return endpoint === 'default' ? 'this account' : `the account "${endpoint}"`;
}
