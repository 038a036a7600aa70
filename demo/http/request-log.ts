import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';

/**
 * One line a request: what was asked for, what was answered, how long that took. Never what was sent.
 *
 * It listens to the server itself, since guards, filters and handlers that answer by themselves pass interceptors by.
 */
export function logRequests(server: Server, json: boolean): void {
  const logger = new Logger('Http');
  server.prependListener('request', ({ method = '', url = '' }: IncomingMessage, response: ServerResponse) => {
    const startedAt = performance.now();
    response.once('close', () => {
      const path = url.split('?', 1)[0] ?? '';
      const durationMs = Math.round(performance.now() - startedAt);
      const { statusCode, writableFinished } = response;
      const line = `${method} ${path} ${writableFinished ? statusCode : 'aborted'} ${durationMs} ms`;
      if (json) {
        logger.log(line, { method, path, statusCode: writableFinished ? statusCode : null, durationMs });
      } else {
        logger.log(line);
      }
    });
  });
}
