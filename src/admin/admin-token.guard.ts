import { Inject, Injectable, Optional, type CanActivate, type ExecutionContext, type Type } from '@nestjs/common';
import { SecretToken } from '../common';
import { UnauthorizedError } from '../errors';
import { AdminToken, type AdminOptions } from './admin.options';
import type { AdminRequest } from './admin-request';

/**
 * The guard that asks for the token of these options, or else for the one that is known at run time. Without a token it
 * lets nobody in, unless the application's own guard decides.
 */
export function createTokenGuard({ token, guard }: AdminOptions): Type<CanActivate> {
  @Injectable()
  class AdminTokenGuard implements CanActivate {
    private readonly expected: SecretToken;

    constructor(@Optional() @Inject(AdminToken) runtimeToken?: string) {
      this.expected = new SecretToken(token ?? runtimeToken ?? '');
    }

    canActivate(context: ExecutionContext): boolean {
      const allowed = this.expected.isBlank
        ? guard !== undefined
        : this.expected.isGivenBy(context.switchToHttp().getRequest<AdminRequest>());
      if (!allowed) {
        throw new UnauthorizedError();
      }
      return true;
    }
  }
  return AdminTokenGuard;
}
