import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { describeError, LogEntry, RateLimit } from '../common';
import { errorBody, SignatureVerificationError, StorageUnavailableError } from '../errors';
import { refusal } from './refusal';

/** Answers what went wrong on the webhook in one form, and says so in the log, without a word of the body. */
@Catch()
export class WebhookExceptionFilter implements ExceptionFilter {
  private readonly logger = new Logger('StripeEvents');
  // Anybody can send a request that fails, so nobody may fill the log with them.
  private readonly refusals = new RateLimit({ most: 10, perMs: 60_000 });
  // Apart from the refusals, so that these cannot hide it that the storage is down.
  private readonly failures = new RateLimit({ most: 10, perMs: 60_000 });

  constructor(private readonly host: HttpAdapterHost) {}

  catch(error: unknown, context: ArgumentsHost): void {
    const { httpAdapter } = this.host;
    const response: unknown = context.switchToHttp().getResponse();
    if (httpAdapter.isHeadersSent(response)) {
      this.reportAfterwards(error);
      return;
    }
    this.report(error);
    if (error instanceof StorageUnavailableError) {
      httpAdapter.setHeader(response, 'Retry-After', String(error.retryAfterSeconds));
    }
    const body = errorBody(error);
    httpAdapter.reply(response, body, body.statusCode);
  }

  private report(error: unknown): void {
    const { statusCode } = errorBody(error);
    if (statusCode < 500) {
      this.reportRefusal(error);
    } else if (this.failures.admits()) {
      const cause = error instanceof StorageUnavailableError ? (error.cause ?? error.reason) : error;
      const sentence = `A delivery was not stored; Stripe sends it again: ${describeError(cause)}`;
      this.logger.error(new LogEntry(sentence, { reason: refusal(error).reason }));
    }
  }

  /** An interceptor of the application failed when Stripe had its answer, which stays what it was. */
  private reportAfterwards(error: unknown): void {
    if (this.failures.admits()) {
      this.logger.warn(`The application failed after a delivery was answered: ${describeError(error)}`);
    }
  }

  private reportRefusal(error: unknown): void {
    if (this.refusals.admits()) {
      const why = error instanceof SignatureVerificationError ? error.problem : errorBody(error).code;
      this.logger.warn(new LogEntry(`A delivery was refused: ${why}`, { reason: refusal(error).reason }));
    }
  }
}
