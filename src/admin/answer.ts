import type { HttpAdapterHost } from '@nestjs/core';

/** What is said of events and customers is for the one who asked, and is never a page. */
const HEADERS = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };

/** An answer: its status, its body, and headers beside those that every answer has. */
export interface Answer {
  readonly statusCode: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Sends an answer as JSON, on every platform. Answers are not returned from the controllers, so that the application's
 * interceptors which wrap what is returned leave the documented form alone.
 */
export function send({ httpAdapter }: HttpAdapterHost, response: unknown, answer: Answer): void {
  for (const [name, value] of Object.entries({ ...HEADERS, ...answer.headers })) {
    httpAdapter.setHeader(response, name, value);
  }
  httpAdapter.reply(response, answer.body, answer.statusCode);
}
