import { InvalidHandlerError } from '../errors';
import type { StripeEventOf, StripeEventPattern } from './event-types';
import { declareHandler } from './handler-metadata.accessor';
import type { StripeHandlerContext } from './stripe-handler-context';

/** How a handler is run. */
export interface OnStripeEventOptions {
  /**
   * Under which the handler's runs are recorded; at most 191 characters. With another id the handler is another one: it
   * runs again for events that are not settled yet. Give one before renaming a class or a method, and where names are
   * minified.
   *
   * @default `ClassName.methodName`
   */
  id?: string;

  /**
   * Whether the handler runs in a database transaction, `context.manager`, which also records its success. Keep such
   * handlers short, and free of calls to other services: they hold a connection.
   *
   * @default false
   */
  transactional?: boolean;

  /**
   * How often this handler is called for one event before that event is a dead letter.
   *
   * @default the module's `processing.maxAttempts`
   */
  maxAttempts?: number;

  /**
   * How long one call may take, in milliseconds, before it counts as failed.
   *
   * @default the module's `processing.handlerTimeoutMs`
   */
  timeoutMs?: number;

  /**
   * The name of the only account whose events the handler is called for, where the module serves several. One that is
   * not served, and the application does not start.
   *
   * @default every account
   */
  endpoint?: string;
}

/** A method that can handle the events of a pattern. It may take fewer parameters, and return a promise or not. */
export type StripeEventHandler<P extends StripeEventPattern> = (
  event: StripeEventOf<P>,
  context: StripeHandlerContext,
) => unknown;

/** Refuses methods that cannot handle the events of the pattern. */
// M is what lets async methods through: without it the descriptor is invariant in its return type.
export type StripeEventDecorator<P extends StripeEventPattern> = <M extends StripeEventHandler<P>>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<M>,
) => void;

/**
 * Runs a method for each stored event of a kind: one name, several, `'customer.*'`, or `'*'`.
 *
 * For any method of a provider or controller. A request-scoped or transient one is created anew for each call, and what
 * it injects as `REQUEST` is the stored event. The compiler refuses a name that Stripe does not have, and a parameter
 * that does not fit the name. Decorators on one method add up to one handler, unless they are given different ids.
 * Guards, pipes and interceptors are not involved: no HTTP request is.
 *
 * A type that is newer than the installed SDK: `OnStripeEvent('new.type' as string as StripeEventType)`.
 *
 * @throws {InvalidHandlerError} when what is decorated is not a method of instances
 */
export function OnStripeEvent<const P extends StripeEventPattern>(
  pattern: P | readonly P[],
  options: OnStripeEventOptions = {},
): StripeEventDecorator<P> {
  const patterns: readonly unknown[] = [pattern].flat();
  return (target, key, descriptor) => {
    refuseNonMethod(target, key, descriptor);
    declareHandler(target, key, { ...options, patterns });
  };
}

/** What the compiler cannot see, or was not asked about. */
function refuseNonMethod(target: object, key: string | symbol, descriptor?: PropertyDescriptor): void {
  if (typeof target === 'function') {
    throw new InvalidHandlerError(`${target.name}.${String(key)}`, 'it is static. Decorate a method of instances.');
  }
  if (typeof descriptor?.value !== 'function') {
    throw new InvalidHandlerError(`${target.constructor.name}.${String(key)}`, 'it is not a method.');
  }
}
