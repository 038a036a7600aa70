import { readDelivery, type NewEvent } from '../../src/events';

/** The event that a verified body of these bytes is recorded as. */
export function newEvent(event: Record<string, unknown>, endpoint = 'default'): NewEvent {
  const bytes = Buffer.from(JSON.stringify(event));
  const read = readDelivery(bytes);
  if (read.kind !== 'event') {
    throw new Error(`This is no event: ${read.reason}`);
  }
  const { facts, encoding } = read;
  return { facts, endpoint, source: 'webhook', receivedAtMs: Date.now(), body: { encoding, bytes } };
}
