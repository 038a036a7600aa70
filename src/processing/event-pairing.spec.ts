import { describe, expect, it } from '@jest/globals';
import { EventEntity, type TwinClaim } from '../events';
import type { RegisteredHandler } from '../handlers';
import { EventPairing, type Pairing } from './event-pairing';

const HANDLED = [
  'customer.created',
  'v1.customer.created',
  'invoice.paid',
  'v1.charge.failed',
  'v2.core.account.closed',
];

function event(kind: string, snapshotEvent: string | null = null): EventEntity {
  return Object.assign(new EventEntity(), { kind, snapshotEvent, stripeId: `evt_${kind}` });
}

/** What is claimed for these events. */
async function claimsOf(pairing: Pairing, events: readonly EventEntity[], handled = HANDLED): Promise<unknown[]> {
  const claimed: TwinClaim[] = [];
  const twins = {
    claim: (claims: readonly TwinClaim[]) => (claimed.push(...claims), Promise.resolve(new Set<never>())),
  };
  await new EventPairing(twins, { has: (kind) => handled.includes(kind) }, pairing).seconds(events);
  return claimed.map(({ snapshotId, kind }) => [snapshotId, kind]);
}

describe('events of one fact', () => {
  const both = [event('customer.created'), event('v1.customer.created', 'evt_customer.created')];

  it('claim the same, by the snapshot event and its name', async () => {
    expect(await claimsOf('first-wins', both)).toEqual([
      ['evt_customer.created', 'customer.created'],
      ['evt_customer.created', 'customer.created'],
    ]);
  });

  it('claim nothing where both are to be handled', async () => {
    expect(await claimsOf('handle-both', both)).toEqual([]);
  });

  it('claim nothing where only one of them has handlers', async () => {
    const alone = [event('invoice.paid'), event('v1.charge.failed', 'evt_1'), event('plan.created')];
    expect(await claimsOf('first-wins', alone)).toEqual([]);
  });

  it('claim nothing where the thin one names no snapshot event, or there can be none', async () => {
    const kinds = [...HANDLED, 'v1.v2.core.account.closed', 'core.account.closed'];
    const alone = [event('v1.customer.created'), event('v2.core.account.closed')];
    expect(await claimsOf('first-wins', alone, kinds)).toEqual([]);
  });
});

describe('the handlers that are left for the second event', () => {
  const handlers = [
    { id: 'snapshot', patterns: ['customer.created'] },
    { id: 'both', patterns: ['v1.customer.created', 'customer.created'] },
    { id: 'all', patterns: ['*'] },
    { id: 'below', patterns: ['customer.*', 'v1.*'] },
  ] as unknown as RegisteredHandler[];
  const twins = { claim: () => Promise.resolve(new Set<never>()) };
  const left = (pairing: Pairing, kind: string): string[] =>
    new EventPairing(twins, { has: () => true }, pairing).leftFor(event(kind), handlers).map(({ id }) => id);

  it('are those that do not ask for the first one as well', () => {
    expect(left('once-per-handler', 'customer.created')).toEqual(['snapshot']);
    expect(left('first-wins', 'customer.created')).toEqual([]);
  });
});
