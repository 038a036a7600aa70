import { kindOf, type AddEvent } from '../events';
import { enclosedEvent, objectAt, refusal } from './enclosed-event';

/** How an event of Amazon EventBridge is taken. */
export interface EventBridgeOptions {
  /**
   * What the envelope's `source` has to begin with. Too short, and a rule that is too wide lets in what others have put on
   * the bus. @default 'aws.partner/stripe.com/', which AWS lets nobody but Stripe use
   */
  readonly source?: string;
}

const STRIPE_SOURCE = 'aws.partner/stripe.com/';

/**
 * What to give `add()` for an event that came through Amazon EventBridge, where Stripe's event is the `detail`
 * (https://docs.stripe.com/event-destinations/eventbridge#event-structure). Snapshot and thin events alike.
 *
 * No signature comes with it: whoever can hand this function an envelope can make up an event.
 *
 * @throws {InvalidStripeEventError} naming the field that cannot be used
 */
export function fromEventBridge(envelope: unknown, { source = STRIPE_SOURCE }: EventBridgeOptions = {}): AddEvent {
  const { source: from, detail } = objectAt(envelope, 'envelope');
  if (typeof from !== 'string' || !from.startsWith(source)) {
    throw refusal('source', `must begin with "${source}"; it is ${kindOf(from)}`);
  }
  return enclosedEvent(detail, 'detail');
}

/**
 * What to give `add()` for an event that came through Azure Event Grid, as a CloudEvent whose `data` is Stripe's event
 * (https://docs.stripe.com/event-destinations/eventgrid#event-structure). Where Event Grid delivers several in one list,
 * call it for each.
 *
 * No signature comes with it: whoever can hand this function an envelope can make up an event.
 *
 * @throws {InvalidStripeEventError} naming the field that cannot be used
 */
export function fromEventGrid(cloudEvent: unknown): AddEvent {
  const { specversion, data } = objectAt(cloudEvent, 'cloudEvent');
  if (typeof specversion !== 'string' || !specversion.startsWith('1.')) {
    throw refusal('specversion', `must be that of CloudEvents 1; it is ${kindOf(specversion)}`);
  }
  return enclosedEvent(data, 'data');
}
