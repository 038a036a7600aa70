import type { CanActivate, Type } from '@nestjs/common';
import { PayloadMask } from './payload-mask';

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
  /** Whether everything can be looked at and nothing be changed: no replay, no linking. @default changes are let through */
  readonly readOnly?: boolean;
  /**
   * Paths of payloads that nobody may see, in the API and on the page: `data.object.customer_email`, `data.object.*.iban`,
   * `**.email`. `*` stands for one name or position in a list, `**` for any number. Missing one shows it to everybody who
   * passes. @default none
   */
  readonly redact?: readonly string[];
}

/** Where the token is found that is not known before the application runs; `undefined` where there is none. */
export const AdminToken = Symbol('StripeAdminToken');

/** What the administration lets those do and see who pass. */
export class AdminPolicy {
  private constructor(
    readonly readOnly: boolean,
    readonly mask: PayloadMask,
  ) {}

  static of(admin: AdminOptions | false | undefined): AdminPolicy {
    const { readOnly = false, redact = [] } = admin === false || admin === undefined ? {} : admin;
    return new AdminPolicy(readOnly, new PayloadMask(redact));
  }
}
