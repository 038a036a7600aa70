import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { describeError } from '../common';
import { errorBody, StorageUnavailableError, UnauthorizedError } from '../errors';
import { send } from './answer';

/** Answers what went wrong in one form. What the caller can do nothing about is in the log instead. */
@Catch()
export class AdminExceptionFilter implements ExceptionFilter {
  private readonly logger = new Logger('StripeEvents');

  constructor(private readonly host: HttpAdapterHost) {}

  catch(error: unknown, context: ArgumentsHost): void {
    const body = errorBody(error);
    if (body.statusCode >= 500) {
      this.logger.error(`A request of the administration failed: ${describeError(error)}`);
    }
    const response: unknown = context.switchToHttp().getResponse();
    if (!this.host.httpAdapter.isHeadersSent(response)) {
      send(this.host, response, { statusCode: body.statusCode, body, headers: headersOf(error) });
    }
  }
}

function headersOf(error: unknown): Record<string, string> {
  if (error instanceof UnauthorizedError) {
    return { 'WWW-Authenticate': 'Bearer' };
  }
  return error instanceof StorageUnavailableError ? { 'Retry-After': String(error.retryAfterSeconds) } : {};
}
