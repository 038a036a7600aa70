import { describe, expect, it } from '@jest/globals';
import { InvalidStripeEventError } from '../errors';
import { fromEventBridge, fromEventGrid, fromQueueMessage } from './index';

const SNAPSHOT = {
  id: 'evt_1',
  object: 'event',
  api_version: '2026-10-28.endive',
  created: 1_785_312_000,
  data: { object: { id: 'cus_1', object: 'customer' } },
  livemode: true,
  pending_webhooks: 3,
  request: { id: 'req_1', idempotency_key: 'key_1' },
  type: 'customer.created',
  unknown_to_us: [1, null],
};
const THIN = {
  id: 'evt_test_1',
  object: 'v2.core.event',
  created: '2026-07-29T08:00:00.123Z',
  livemode: false,
  related_object: { id: 'cus_1', type: 'customer', url: '/v1/customers/cus_1' },
  snapshot_event: 'evt_1',
  type: 'v1.customer.created',
};

const bridged = (detail: unknown, more: object = {}): object => ({
  version: '0',
  id: '17e8dff5-d6cd-3770-ace9-aeac02b6ac3f',
  'detail-type': 'customer.created',
  source: 'aws.partner/stripe.com/ed_61Pg',
  account: '506417113029',
  resources: [],
  detail,
  ...more,
});
const gridded = (data: unknown, more: object = {}): object => ({
  specversion: '1.0',
  type: 'customer.created',
  source: '/providers/stripe/ed_test_123',
  id: '9aeb0fdf-c01e-0131-0922-9eb54906e209',
  data,
  ...more,
});

const ADDED_SNAPSHOT = {
  stripeId: 'evt_1',
  kind: 'customer.created',
  livemode: true,
  apiVersion: '2026-10-28.endive',
  message: SNAPSHOT,
};
const ADDED_THIN = {
  stripeId: 'evt_test_1',
  kind: 'v1.customer.created',
  livemode: false,
  apiVersion: null,
  message: THIN,
};

/** What is said of an envelope that cannot be used. */
function refusalOf(read: () => unknown): { field: string; message: string } {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidStripeEventError);
    const { field, message } = error as InvalidStripeEventError;
    return { field, message };
  }
  throw new Error('It was taken.');
}

describe('fromEventBridge', () => {
  it('takes the event out of its envelope, and leaves it as it is', () => {
    expect(fromEventBridge(bridged(SNAPSHOT))).toEqual(ADDED_SNAPSHOT);
    expect(fromEventBridge(bridged(THIN))).toEqual(ADDED_THIN);
    expect(fromEventBridge(bridged(SNAPSHOT)).message).toBe(SNAPSHOT);
  });

  it("takes only what Stripe's partner source has sent, unless another one is named", () => {
    const foreign = bridged(SNAPSHOT, { source: 'my.own.bus' });

    expect(refusalOf(() => fromEventBridge(foreign))).toEqual({
      field: 'source',
      message:
        'The event cannot be stored: source must begin with "aws.partner/stripe.com/"; it is a text of 10 characters.',
    });
    expect(refusalOf(() => fromEventBridge(bridged(SNAPSHOT, { source: undefined }))).field).toBe('source');
    expect(fromEventBridge(foreign, { source: 'my.own.' })).toEqual(ADDED_SNAPSHOT);
  });

  it.each([
    ['envelope', 'envelope must be an object, not null', null],
    ['envelope', 'envelope must be an object, not a text of 2 characters', '{}'],
    ['envelope', 'envelope must be an object, not an array', [bridged(SNAPSHOT)]],
    ['detail', 'detail must be an object, not undefined', bridged(undefined)],
    ['detail.object', 'must be "event" or "v2.core.event"', bridged({ ...SNAPSHOT, object: 'customer' })],
    ['detail.id', 'detail.id must be a text of 1 to 255 characters', bridged({ ...SNAPSHOT, id: 7 })],
    ['detail.id', 'not a text of 3 characters', bridged({ ...SNAPSHOT, id: 'a\0b' })],
    ['detail.type', 'detail.type must be a text of 1 to 255 characters', bridged({ ...SNAPSHOT, type: '' })],
    ['detail.livemode', 'detail.livemode must be true or false', bridged({ ...SNAPSHOT, livemode: 'true' })],
  ])('refuses %# by the field that is wrong: %s', (field, message, envelope) => {
    expect(refusalOf(() => fromEventBridge(envelope))).toEqual({ field, message: expect.stringContaining(message) });
  });
});

describe('fromEventGrid', () => {
  it('takes the event out of its envelope, and leaves it as it is', () => {
    expect(fromEventGrid(gridded(SNAPSHOT))).toEqual(ADDED_SNAPSHOT);
    expect(fromEventGrid(gridded(THIN))).toEqual(ADDED_THIN);
  });

  it.each([
    ['cloudEvent', 'cloudEvent must be an object, not an array', [gridded(SNAPSHOT)]],
    ['specversion', 'specversion must be that of CloudEvents 1', gridded(SNAPSHOT, { specversion: undefined })],
    ['specversion', 'it is a text of 3 characters', gridded(SNAPSHOT, { specversion: '0.3' })],
    ['data', 'data must be an object, not a text of 4 characters', gridded('e30=')],
    ['data.livemode', 'data.livemode must be true or false', gridded({ ...THIN, livemode: undefined })],
  ])('refuses %# by the field that is wrong: %s', (field, message, envelope) => {
    expect(refusalOf(() => fromEventGrid(envelope))).toEqual({ field, message: expect.stringContaining(message) });
  });
});

describe('fromQueueMessage', () => {
  const notified = (message: object): object => ({ Type: 'Notification', Message: JSON.stringify(message) });

  it.each([
    ['the event', (event: object) => event],
    ['its text', (event: object) => JSON.stringify(event)],
    ['its text after a byte order mark', (event: object) => `\uFEFF${JSON.stringify(event)}`],
    ['its bytes', (event: object) => Buffer.from(JSON.stringify(event))],
    ['an envelope of EventBridge', (event: object) => JSON.stringify(bridged(event))],
    ['an envelope of Event Grid', (event: object) => new TextEncoder().encode(JSON.stringify(gridded(event)))],
    ['a notification of SNS', (event: object) => JSON.stringify(notified(event))],
    ['an envelope in a notification of SNS', (event: object) => notified(bridged(event))],
  ])('takes %s', (_what, write) => {
    expect(fromQueueMessage(write(SNAPSHOT))).toEqual(ADDED_SNAPSHOT);
    expect(fromQueueMessage(write(THIN))).toEqual(ADDED_THIN);
  });

  it('takes a thin event that does not say what it is', () => {
    const { object: _, ...anonymous } = THIN;

    expect(fromQueueMessage(anonymous)).toEqual({ ...ADDED_THIN, message: anonymous });
  });

  it('holds an envelope of EventBridge to its source', () => {
    const foreign = bridged(SNAPSHOT, { source: 'my.own.bus' });

    expect(refusalOf(() => fromQueueMessage(foreign)).field).toBe('source');
    expect(fromQueueMessage(foreign, { source: 'my.own.bus' })).toEqual(ADDED_SNAPSHOT);
  });

  it('does not take an event for an envelope because of a field it has', () => {
    const event = { ...SNAPSHOT, detail: { id: 'evt_2' }, specversion: '1.0' };

    expect(fromQueueMessage(event).stripeId).toBe('evt_1');
  });

  it.each([
    ['message', 'message must be JSON; it is a text of 14 characters that is not', '{"id": "secret'],
    ['message', 'message must be JSON', ''],
    ['message', 'message must be an object, not null', 'null'],
    ['message', 'message must be an object, not a value of type number', 7],
    ['Message', 'Message must be JSON', { Type: 'Notification', Message: 'hello' }],
    ['id', 'id must be a text', { ...SNAPSHOT, id: undefined }],
    ['object', 'object must be "event" or "v2.core.event", not undefined', { hello: 'world' }],
    ['data', 'data must be an object, not undefined', { specversion: '1.0' }],
  ])('refuses %# by the field that is wrong: %s', (field, problem, message) => {
    const refusal = refusalOf(() => fromQueueMessage(message));

    expect(refusal).toEqual({ field, message: expect.stringContaining(problem) });
    expect(refusal.message).not.toContain('secret');
  });
});
