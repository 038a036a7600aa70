import type { CanActivate, Type } from '@nestjs/common';

/**
 * Where the administration is, and who may use it. Everybody who passes can read every event and customer and replay
 * what moves money, so it needs a token or a guard.
 */
export interface AdminOptions {
  /** The path below which it is mounted, e.g. `stripe/admin`. The application's global prefix comes before it. */
  readonly path: string;
  /** Sent as `Authorization: Bearer <token>`. Asked for beside the guard where both are given. */
  readonly token?: string;
  /** The application's own guard. A class is made by Nest, in the module of this package. */
  readonly guard?: Type<CanActivate> | CanActivate;
}

/** Where the token is found that is not known before the application runs; `undefined` where there is none. */
export const AdminToken = Symbol('StripeAdminToken');
