import { Logger } from '@nestjs/common';
import type { Clock } from '../common';
import { ApiVersionRefusedError } from '../errors';
import type { ApiVersionNotices } from '../stripe-api';
import {
  readDelivery,
  unusableFacts,
  type EventAdmission,
  type EventDispatcher,
  type EventRecorder,
  type NewEvent,
} from '../events';
import type { SignatureVerifier } from './signature-verifier';

/** What the sender of a webhook is told. */
export interface WebhookReceipt {
  readonly received: true;
  /** True when the event was there already, and nothing was done. */
  readonly duplicate: boolean;
}

/** Takes deliveries in: verified first, then read, then stored, and only then acknowledged. */
export class WebhookReceiver {
  private readonly logger = new Logger('StripeEvents');

  constructor(
    private readonly verifier: SignatureVerifier,
    private readonly recorder: EventRecorder,
    private readonly dispatcher: EventDispatcher,
    private readonly admission: EventAdmission,
    private readonly clock: Clock,
    private readonly versions: Pick<ApiVersionNotices, 'arrived'>,
  ) {}

  /**
   * Resolves once the event is committed.
   *
   * @param account whose secrets may vouch for it; any account's where this is not given
   * @throws {SignatureVerificationError} when the signature is missing or does not fit
   * @throws {ApiVersionRefusedError} when its account takes no events of this API version
   * @throws {StorageUnavailableError} when the event could not be stored in time
   */
  async receive(
    rawBody: Buffer,
    signature: string | readonly string[] | undefined,
    account?: string,
  ): Promise<WebhookReceipt> {
    const receivedAtMs = this.clock.now();
    const { endpoint } = this.verifier.verify(rawBody, signature, receivedAtMs, account);
    const event = this.read(rawBody, endpoint, receivedAtMs);
    const { isNew } = await this.recorder.record(event);
    if (isNew && event.settled === undefined) {
      this.dispatcher.announce();
    }
    return { received: true, duplicate: !isNew };
  }

  private read(rawBody: Buffer, endpoint: string, receivedAtMs: number): NewEvent {
    const read = readDelivery(rawBody);
    const came = {
      endpoint,
      source: 'webhook',
      receivedAtMs,
      body: { encoding: read.encoding, bytes: rawBody },
    } as const;
    if (read.kind === 'event') {
      this.versions.arrived(endpoint, read.facts.apiVersion);
      if (this.admission.refuses(endpoint, read.facts)) {
        throw new ApiVersionRefusedError();
      }
      return { ...came, facts: read.facts, ...this.admission.verdict(endpoint, read.facts) };
    }
    this.logger.error(`A delivery was signed but is no event, kept as dead under ${read.stripeId}: ${read.reason}`);
    const settled = { status: 'dead', reason: null, error: read.reason } as const;
    return { ...came, facts: unusableFacts(read.stripeId), settled };
  }
}
