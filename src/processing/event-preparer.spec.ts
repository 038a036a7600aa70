import { describe, expect, it } from '@jest/globals';
import { EventCustomers, type CustomerEntity } from '../customers';
import type { Dialect, FaultKind } from '../database';
import { EventEntity, HandlerRunEntity } from '../events';
import { EventPreparer, PreparationError } from './event-preparer';

function event(id: string, parts: Partial<EventEntity> = {}): EventEntity {
  const defaults = { endpoint: 'default', stripeCustomerId: null, livemode: false, account: null, leaseNo: 1 };
  return Object.assign(new EventEntity(), { id, ...defaults, ...parts });
}

interface Script {
  /** What is wrong with this batch, if anything. */
  fault?: (ids: string[]) => FaultKind | null;
  absorbs?: boolean;
}

/** A preparer, and what it asked for. */
function preparing({ fault = () => null, absorbs = false }: Script) {
  const log: string[] = [];
  let kind: FaultKind = 'refused';
  const ids = (events: readonly { id: string }[]): string => events.map(({ id }) => id).join(' ');
  const run = Object.assign(new HandlerRunEntity(), { handler: 'h' });
  const customer = (stripeId: string): CustomerEntity => ({ stripeId }) as CustomerEntity;
  const preparer = new EventPreparer(
    { dialect: { classify: () => kind } as unknown as Dialect },
    {
      payloads: {
        attachTo: (events) => {
          log.push(`bodies ${ids(events)}`);
          const problem = fault(events.map(({ id }) => id));
          kind = problem ?? kind;
          return problem === null ? Promise.resolve() : Promise.reject(new Error(problem));
        },
      },
      runs: {
        runsOf: (events) => {
          log.push(`runs ${ids(events)}`);
          return Promise.resolve(new Map(events.map(({ id }) => [id, [run]])));
        },
      },
      customers: new EventCustomers({
        ensure: (named) => {
          log.push('customers');
          return Promise.resolve(new Map(named.map(({ stripeId }) => [`default ${stripeId}`, customer(stripeId)])));
        },
        absorb: () => Promise.resolve(absorbs),
      }),
      pairing: { seconds: (events) => Promise.resolve(new Set(events.filter(({ id }) => id === '2'))) },
    },
  );
  return { preparer, log };
}

describe('preparing events', () => {
  it('takes the same few questions for any number of them', async () => {
    const { preparer, log } = preparing({});
    const events = [event('1'), event('2', { leaseNo: 2 }), event('3')];
    const prepared = await preparer.prepare(events);
    expect(log).toEqual(['bodies 1 2 3', 'runs 2', 'customers']);
    expect(events.map((each) => prepared.get(each))).toMatchObject([
      { customer: null, runs: [], isSecond: false },
      { customer: null, runs: [{ handler: 'h' }], isSecond: true },
      { customer: null, runs: [] },
    ]);
  });

  it('reads customers again after events have changed them', async () => {
    const { preparer, log } = preparing({ absorbs: true });
    await preparer.prepare([event('1')]);
    expect(log.filter((question) => question === 'customers')).toHaveLength(2);
  });

  it('blames the bad event of a batch alone', async () => {
    const { preparer } = preparing({ fault: (ids) => (ids.includes('bad') ? 'refused' : null) });
    const events = [event('1'), event('bad'), event('3')];
    const prepared = await preparer.prepare(events);
    const [first, bad, third] = events.map((each) => prepared.get(each));
    expect([first, third]).toMatchObject([{ runs: [] }, { runs: [] }]);
    expect(bad).toBeInstanceOf(PreparationError);
    expect(bad).toMatchObject({ isEventsOwn: true, cause: new Error('refused') });
  });

  it.each(['unavailable', 'conflict'] as const)('blames no event when the database is %s', async (fault) => {
    const { preparer, log } = preparing({ fault: () => fault });
    const events = [event('1'), event('2')];
    const prepared = await preparer.prepare(events);
    expect(events.map((each) => prepared.get(each))).toMatchObject([{ isEventsOwn: false }, { isEventsOwn: false }]);
    // Nor is each asked for alone, which would be more of the same.
    expect(log.filter((question) => question.startsWith('bodies'))).toHaveLength(1);
  });
});
