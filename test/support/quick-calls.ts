import type { TestingModuleBuilder } from '@nestjs/testing';
import { PatientCalls, StripeTime, type CallLimits } from '../../src/stripe-api';

/** Calls to the Stripe API that hardly wait. */
export const QUICK_CALLS: CallLimits = { perSecond: 1_000, baseMs: 1, longestMs: 5 };

/** Has an application make its calls so. */
export function withQuickCalls(testing: TestingModuleBuilder, limits: Partial<CallLimits> = {}): TestingModuleBuilder {
  return testing.overrideProvider(PatientCalls).useFactory({
    inject: [StripeTime],
    factory: (time: StripeTime) => new PatientCalls(time, { ...QUICK_CALLS, ...limits }),
  });
}
