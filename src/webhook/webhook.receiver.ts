import { Logger } from '@nestjs/common';
import { LogEntry, type Clock } from '../common';
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
import type { StripeObservedEvent, StripeTelemetry } from '../telemetry';
import { refusal } from './refusal';
import type { SignatureVerifier } from './signature-verifier';

/** What the sender of a webhook is told. */
export interface WebhookReceipt {
  readonly received: true;
  /** True when the event was there already, and nothing was done. */
  readonly duplicate: boolean;
}

/** A delivery as it came. */
export interface Delivery {
  /** The bytes of its body; throws where they could not be read. */
  readonly body: () => Buffer;
  readonly signature: string | readonly string[] | undefined;
  /** The account whose secrets may vouch for it; any account's where this is undefined. */
  readonly account: string | undefined;
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
    private readonly telemetry: Pick<StripeTelemetry, 'delivery'>,
  ) {}

  /**
   * Resolves once the event is committed.
   *
   * @throws {BodyTooLargeError} when its body is longer than the limit
   * @throws {SignatureVerificationError} when the signature is missing or does not fit
   * @throws {ApiVersionRefusedError} when its account takes no events of this API version
   * @throws {StorageUnavailableError} when the event could not be stored in time
   */
  async receive(delivery: Delivery): Promise<WebhookReceipt> {
    const observed = this.telemetry.delivery();
    const startedAtMs = performance.now();
    let event: StripeObservedEvent | null = null;
    const about = (known: StripeObservedEvent): void => {
      event = known;
      observed.about(known);
    };
    try {
      const receipt = await observed.run(() => this.take(delivery, about));
      const outcome = receipt.duplicate ? 'duplicate' : 'stored';
      observed.end({ outcome, reason: null, event, durationMs: performance.now() - startedAtMs });
      return receipt;
    } catch (error) {
      observed.end({ ...refusal(error), event, durationMs: performance.now() - startedAtMs });
      throw error;
    }
  }

  private async take(
    { body, signature, account }: Delivery,
    about: (event: StripeObservedEvent) => void,
  ): Promise<WebhookReceipt> {
    const rawBody = body();
    const receivedAtMs = this.clock.now();
    const { endpoint } = this.verifier.verify(rawBody, signature, receivedAtMs, account);
    const event = this.read(rawBody, endpoint, receivedAtMs, about);
    const { isNew } = await this.recorder.record(event);
    if (isNew && event.settled === undefined) {
      this.dispatcher.announce();
    }
    return { received: true, duplicate: !isNew };
  }

  private read(
    rawBody: Buffer,
    endpoint: string,
    receivedAtMs: number,
    about: (event: StripeObservedEvent) => void,
  ): NewEvent {
    const read = readDelivery(rawBody);
    const came = {
      endpoint,
      source: 'webhook',
      receivedAtMs,
      body: { encoding: read.encoding, bytes: rawBody },
    } as const;
    const facts = read.kind === 'event' ? read.facts : unusableFacts(read.stripeId);
    about({ stripeId: facts.stripeId, kind: facts.kind, endpoint });
    if (read.kind === 'event') {
      this.versions.arrived(endpoint, facts.apiVersion);
      if (this.admission.refuses(endpoint, facts)) {
        throw new ApiVersionRefusedError();
      }
      return { ...came, facts, ...this.admission.verdict(endpoint, facts) };
    }
    const sentence = `A delivery was signed but is no event, kept as dead under ${read.stripeId}: ${read.reason}`;
    this.logger.error(new LogEntry(sentence, { eventId: read.stripeId, endpoint, error: read.reason }));
    const settled = { status: 'dead', reason: null, error: read.reason } as const;
    return { ...came, facts, settled };
  }
}
