import { Inject, Injectable, Optional, type CanActivate, type ExecutionContext, type Type } from '@nestjs/common';
import { createHash, timingSafeEqual } from 'node:crypto';
import { UnauthorizedError } from '../errors';
import { AdminToken, type AdminOptions } from './admin.options';
import { bearerTokenOf, type AdminRequest } from './admin-request';

/**
 * The guard that asks for the token of these options, or else for the one that is known at run time. Without a token it
 * lets nobody in, unless the application's own guard decides.
 */
export function createTokenGuard({ token, guard }: AdminOptions): Type<CanActivate> {
  @Injectable()
  class AdminTokenGuard implements CanActivate {
    private readonly expected: Buffer | null;

    constructor(@Optional() @Inject(AdminToken) runtimeToken?: string) {
      const known = token ?? runtimeToken ?? '';
      this.expected = known.trim() === '' ? null : digestOf(known);
    }

    canActivate(context: ExecutionContext): boolean {
      const allowed = this.expected === null ? guard !== undefined : this.matches(context);
      if (!allowed) {
        throw new UnauthorizedError();
      }
      return true;
    }

    /** Digests have one length, so that comparing them tells nothing of the token's. */
    private matches(context: ExecutionContext): boolean {
      const given = bearerTokenOf(context.switchToHttp().getRequest<AdminRequest>());
      return this.expected !== null && given !== null && timingSafeEqual(digestOf(given), this.expected);
    }
  }
  return AdminTokenGuard;
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
