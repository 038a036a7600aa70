import { setMaxListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import { API_KEY, sdks, startStripeApi, type StripeApi } from '../../test/support/stripe-api';
import { PatientCalls, type CallLimits } from './patient-calls';
import { StripeReader } from './stripe-reader';
import { StripeTime } from './stripe-time';

const FAST: CallLimits = { perSecond: 1_000, baseMs: 1, longestMs: 5, timeoutMs: 5_000 };
const time = new StripeTime(() => performance.now(), () => Date.now()); // prettier-ignore

function readerOf(limits: Partial<CallLimits> = {}): StripeReader {
  return new StripeReader(new PatientCalls(time, { ...FAST, ...limits }));
}

const RAW = '{"id":"in_1",  "n":12345678901234567890}';

describe.each(sdks)('StripeReader with $name', ({ load }) => {
  let api: StripeApi;
  let client: Stripe;
  const { signal } = new AbortController();
  setMaxListeners(0, signal);

  beforeEach(async () => {
    const Sdk = await load();
    api = await startStripeApi();
    client = new Sdk(API_KEY, { ...api.clientOptions, telemetry: false, maxNetworkRetries: 0 });
    api.account.objects.set('/v1/invoices/in_1', { id: 'in_1' });
  });
  afterEach(() => api.close());

  const get = (limits: Partial<CallLimits> = {}, path = '/v1/invoices/in_1') =>
    readerOf(limits).get(client, path, signal);

  it('gives the answer as it is written', async () => {
    api.account.events.add(`{"id":"evt_1","created":${Math.floor(Date.now() / 1_000)},"type":"a.b","raw":${RAW}}`);

    const { text, body } = await get({}, '/v1/events?limit=1');

    expect(text).toContain(RAW);
    expect(body).toMatchObject({ data: [{ id: 'evt_1' }] });
  });

  it.each([
    ['429', { status: 429 }],
    ['409', { status: 409 }],
    ['500', { status: 500 }],
    ['503', { status: 503 }],
    ['a connection that is closed', 'hang-up'],
    ['an answer that breaks off', 'cut-off'],
  ] as const)('asks again after %s', async (_what, fault) => {
    api.faults.next(2, fault, '/v1/invoices');

    expect((await get()).body).toEqual({ id: 'in_1' });
  });

  it('gives up on an answer that does not come, and asks again', async () => {
    api.faults.next(1, 'silence', '/v1/invoices');

    expect((await get({ timeoutMs: 500 })).body).toEqual({ id: 'in_1' });
    expect(api.requests).toHaveLength(2);
  });

  it('waits as long as Stripe asks for', async () => {
    api.faults.next(1, { status: 429, headers: { 'retry-after': '1' } }, '/v1/invoices');
    await get();

    const [first, second] = api.requests;
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(990);
  });

  it('fails when asking again has not helped, and at once when it cannot', async () => {
    api.faults.next(10, { status: 500 }, '/v1/invoices');
    await expect(get()).rejects.toMatchObject({ statusCode: 500 });
    expect(api.requests).toHaveLength(10);

    await expect(get({}, '/v1/invoices/in_gone')).rejects.toMatchObject({ statusCode: 404, code: 'resource_missing' });
    expect(api.requests).toHaveLength(11);
  });

  it('makes no more requests a second than it may, whoever asks', async () => {
    const reader = readerOf({ perSecond: 50 });
    await Promise.all(Array.from({ length: 11 }, () => reader.get(client, '/v1/invoices/in_1', signal)));

    expect(api.requests.at(-1)!.at - api.requests[0]!.at).toBeGreaterThanOrEqual(150);
  });

  it('ends at once when it is told to', async () => {
    const controller = new AbortController();
    const held = api.faults.hold('/v1/invoices');
    const answer = readerOf().get(client, '/v1/invoices/in_1', controller.signal);
    const refused = expect(answer).rejects.toThrow('enough');
    await held.reached;
    controller.abort(new Error('enough'));

    await refused;
    held.release();
  });
});
