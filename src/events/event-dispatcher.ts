/** Gets stored events handled, some time after they were committed. */
export interface EventDispatcher {
  /** Says that events are due. Losing the call only delays them: a sweep finds what was never announced. */
  announce(): void;
}
export const EventDispatcher = Symbol('StripeEventDispatcher');
