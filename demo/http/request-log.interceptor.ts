import { Injectable, Logger, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { finalize, type Observable } from 'rxjs';

interface LoggedRequest {
  readonly method: string;
  readonly url: string;
}

/** One line a request: what was asked for and how long it took. Never what was sent. */
@Injectable()
export class RequestLogInterceptor implements NestInterceptor {
  private readonly logger = new Logger('Http');
  private readonly asJson = process.env.NODE_ENV === 'production';

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { method, url } = context.switchToHttp().getRequest<LoggedRequest>();
    const startedAt = performance.now();
    return next.handle().pipe(
      finalize(() => {
        const durationMs = Math.round(performance.now() - startedAt);
        const path = url.split('?', 1)[0] ?? '';
        this.logger.log(this.asJson ? { method, path, durationMs } : `${method} ${path} ${durationMs} ms`);
      }),
    );
  }
}
