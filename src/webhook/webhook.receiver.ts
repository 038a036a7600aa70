import { Logger } from '@nestjs/common';
import type { Clock } from '../common';
import {
  readDelivery,
  unusableFacts,
  type EventDispatcher,
  type EventRecorder,
  type LiveMode,
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
    private readonly liveMode: LiveMode,
    private readonly clock: Clock,
  ) {}

  /**
   * Resolves once the event is committed.
   *
   * @throws {SignatureVerificationError} when the signature is missing or does not fit
   * @throws {StorageUnavailableError} when the event could not be stored in time
   */
  async receive(rawBody: Buffer, signature: string | readonly string[] | undefined): Promise<WebhookReceipt> {
    const receivedAtMs = this.clock.now();
    const { endpoint } = this.verifier.verify(rawBody, signature, receivedAtMs);
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
      return { ...came, facts: read.facts, ...this.liveMode.verdict(read.facts.livemode) };
    }
    this.logger.error(`A delivery was signed but is no event, kept as dead under ${read.stripeId}: ${read.reason}`);
    const settled = { status: 'dead', reason: null, error: read.reason } as const;
    return { ...came, facts: unusableFacts(read.stripeId), settled };
  }
}
