import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { ReadOnlyError } from '../errors';
import type { AdminRequest } from './admin-request';
import { AdminPolicy } from './admin.options';

/** Refuses every request that is for changing something, where nothing may be changed. */
@Injectable()
export class ReadOnlyGuard implements CanActivate {
  constructor(private readonly policy: AdminPolicy) {}

  canActivate(context: ExecutionContext): boolean {
    const { method } = context.switchToHttp().getRequest<AdminRequest>();
    if (this.policy.readOnly && method !== 'GET' && method !== 'HEAD') {
      throw new ReadOnlyError();
    }
    return true;
  }
}
