import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it, jest } from '@jest/globals';
import type { StripeDeliveryEnd, StripeHandlerCall, StripeObservation, StripeObserver } from './observer';
import { StripeTelemetry } from './stripe-telemetry';

const EVENT = { stripeId: 'evt_1', kind: 'invoice.paid', endpoint: 'default' };
const CALL: StripeHandlerCall = { event: EVENT, handler: 'Billing.onPaid', attempt: 1 };
const END: StripeDeliveryEnd = { outcome: 'stored', reason: null, event: EVENT, durationMs: 1 };

const broken = (): never => {
  throw new Error('broken');
};

describe('StripeTelemetry', () => {
  it('does the work where nobody watches', async () => {
    const telemetry = new StripeTelemetry();

    await expect(telemetry.delivery().run(() => Promise.resolve('done'))).resolves.toBe('done');
    await expect(telemetry.handling(CALL).run(() => Promise.resolve('done'))).resolves.toBe('done');
    expect(() => {
      telemetry.recorded({ size: 1, durationMs: 1 });
      telemetry.claimed([]);
      telemetry.settled(EVENT, 'succeeded');
      telemetry.died(1);
    }).not.toThrow();
  });

  it('does the work once, within the contexts of all observers', async () => {
    const storages = [new AsyncLocalStorage<string>(), new AsyncLocalStorage<string>()] as const;
    const ends: unknown[] = [];
    const observerIn = (storage: AsyncLocalStorage<string>, name: string): StripeObserver => ({
      delivery: () => ({
        run: (work) => storage.run(name, work),
        about: (event) => ends.push(event),
        end: (end) => ends.push(end),
      }),
    });
    const telemetry = new StripeTelemetry();
    telemetry.observe(observerIn(storages[0], 'one'));
    telemetry.observe(observerIn(storages[1], 'two'));
    const work = jest.fn(() => Promise.resolve(storages.map((storage) => storage.getStore())));

    const observation = telemetry.delivery();
    await expect(observation.run(work)).resolves.toEqual(['one', 'two']);
    observation.about(EVENT);
    observation.end(END);

    expect(work).toHaveBeenCalledTimes(1);
    expect(ends).toEqual([EVENT, EVENT, END, END]);
  });

  const badRuns: [string, StripeObservation<unknown>['run']][] = [
    ['throws before the work', broken],
    ['throws after the work was begun', (work) => [work(), broken()]],
    ['forgets the work', () => undefined],
    ['does it twice', (work) => [work(), work()]],
    ['answers something else', async (work) => [await work(), 'else']],
  ];

  it.each(badRuns)('does the work once and gives its result where an observer %s', async (_, run) => {
    const complain = jest.fn();
    const telemetry = new StripeTelemetry(complain);
    telemetry.observe({ handling: () => ({ run, end: broken }) });
    telemetry.observe({ handling: broken, died: broken, settled: broken, claimed: broken, recorded: broken });
    const work = jest.fn(() => Promise.resolve('result'));

    const observation = telemetry.handling(CALL);
    await expect(observation.run(work)).resolves.toBe('result');
    observation.end({ outcome: 'succeeded', durationMs: 1, errorType: null });
    telemetry.died(1);
    telemetry.settled(EVENT, 'dead');
    telemetry.claimed([]);
    telemetry.recorded({ size: 1, durationMs: 1 });

    expect(work).toHaveBeenCalledTimes(1);
    expect(complain).toHaveBeenCalledTimes(1);
  });

  it('tells nothing more to an observer that was taken away', () => {
    const telemetry = new StripeTelemetry();
    const died = jest.fn();
    const end = telemetry.observe({ died });
    telemetry.died(1);
    end();
    telemetry.died(2);

    expect(died.mock.calls).toEqual([[1]]);
  });
});
