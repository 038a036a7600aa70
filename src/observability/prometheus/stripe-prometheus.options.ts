import type { DynamicModule } from '@nestjs/common';
import { InvalidOptionsError } from '../../errors';

/**
 * Where Prometheus finds the metrics, and who may read them. They tell how many payments there are, and the route is on
 * the port that Stripe reaches, so it needs a token or decorators.
 */
export interface StripePrometheusOptions {
  /** The path of the route; the application's global prefix comes before it. @default 'metrics' */
  readonly path?: string;
  /** Sent as `Authorization: Bearer <token>`, which Prometheus calls `authorization.credentials`. @default none is asked for */
  readonly token?: string;
  /** Put on the controller: `UseGuards(…)`, or one that opens it to everybody, where the port is not public. @default none */
  readonly decorators?: readonly ClassDecorator[];
  /** Modules of what the guards need, and of `StripeModule` where it is not global. @default none */
  readonly imports?: DynamicModule['imports'];
}

/** @throws {InvalidOptionsError} when nothing says who may read the metrics */
export function checkAccess({ token, decorators = [] }: StripePrometheusOptions): void {
  const guarded = (typeof token === 'string' && token.trim() !== '') || decorators.length > 0;
  if (!guarded) {
    throw new InvalidOptionsError([
      'StripePrometheusModule needs a token or decorators: without one, everybody could read the metrics',
    ]);
  }
}
