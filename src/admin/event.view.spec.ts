import { describe, expect, it } from '@jest/globals';
import { EventEntity } from '../events';
import { eventDetailView, eventView } from './event.view';
import { PayloadMask } from './payload-mask';

function event(values: Partial<EventEntity> = {}): EventEntity {
  return Object.assign(new EventEntity(), {
    ...{ id: 'A'.repeat(26), endpoint: 'default', stripeId: 'evt_1', kind: 'invoice.paid', livemode: true },
    ...{ apiVersion: '2022-11-15', requestId: null, idempotencyKey: null, pendingWebhooks: 2, account: null },
    ...{ context: null, createdAt: null, receivedAt: new Date('2026-01-31T09:30:00+02:00'), objectId: 'in_1' },
    ...{ objectType: 'invoice', stripeCustomerId: 'cus_1', customerAccount: null, status: 'succeeded' },
    ...{ ignoredReason: null, attempts: 1, lost: 0, leaseNo: 1, leaseUntil: null, nextAttemptAt: null },
    ...{ processedAt: new Date(0), lastError: null, source: 'webhook', valid: null },
    ...values,
  });
}

describe('eventView', () => {
  it('has the documented fields and no others, with times in UTC', () => {
    expect(eventView(event())).toEqual({
      stripeId: 'evt_1',
      endpoint: 'default',
      kind: 'invoice.paid',
      status: 'succeeded',
      ignoredReason: null,
      livemode: true,
      apiVersion: '2022-11-15',
      account: null,
      customer: 'cus_1',
      objectId: 'in_1',
      objectType: 'invoice',
      createdAt: null,
      receivedAt: '2026-01-31T07:30:00.000Z',
      processedAt: '1970-01-01T00:00:00.000Z',
      attempts: 1,
      nextAttemptAt: null,
      lastError: null,
      source: 'webhook',
    });
  });
});

describe('eventDetailView', () => {
  const deep = `${'['.repeat(300)}${']'.repeat(300)}`;

  it('shows the body as it was parsed', () => {
    const view = eventDetailView(
      event({ message: { id: 'evt_1' }, rawMessage: '{"id":"evt_1"}', requestId: 'req_1' }),
      [],
      new PayloadMask(),
    );
    expect(view.message).toEqual({ id: 'evt_1' });
    expect(view.request).toEqual({ id: 'req_1', idempotency_key: null });
    expect(view.pendingWebhooks).toBe(2);
  });

  it('shows the text of a body that is nested deeper than serialisers can be relied on', () => {
    expect(eventDetailView(event({ message: JSON.parse(deep), rawMessage: deep }), [], new PayloadMask()).message).toBe(
      deep,
    );
  });

  it('shows null where no body is stored', () => {
    expect(eventDetailView(event(), [], new PayloadMask()).message).toBeNull();
  });
});
