import type { StripeHandlerContext } from './stripe-handler-context';

/** What is known of a handler before it is called. */
export interface HandlerDefinition {
  /** Under which its runs are recorded: unique in the application, and stable between deployments. */
  readonly id: string;
  /** What it asks for; an event that fits several of them is still one run. */
  readonly patterns: readonly string[];
  /** Whether it runs within the transaction that records its success. */
  readonly transactional: boolean;
  /** The only account whose events it is called for. */
  readonly endpoint?: string;
  /** Its own limit of attempts, instead of the module's. */
  readonly maxAttempts?: number;
  /** Its own time limit, in milliseconds, instead of the module's. */
  readonly timeoutMs?: number;
}

/** A handler that can be called. */
export interface RegisteredHandler extends HandlerDefinition {
  /** Calls the application's method; rejects with whatever it throws, or with why its class could not be created. */
  invoke(event: unknown, context: StripeHandlerContext): Promise<unknown>;
}
