import { UnsupportedMediaTypeException, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { bearerTokenOf } from '../common';
import type { AdminRequest } from './admin-request';

const JSON_TYPE = /^application\/json *(;|$)/i;

/**
 * Refuses changes that another site's page could have made the browser ask for, with the cookie that the application's
 * guard trusts: neither a JSON content type nor a bearer token can be sent across sites without the application's CORS
 * allowing it.
 */
export class CrossSiteGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<AdminRequest>();
    const safe =
      request.method === 'GET' ||
      request.method === 'HEAD' ||
      JSON_TYPE.test(request.headers['content-type'] ?? '') ||
      bearerTokenOf(request) !== null;
    if (!safe) {
      throw new UnsupportedMediaTypeException('Send the request with "Content-Type: application/json".');
    }
    return true;
  }
}
