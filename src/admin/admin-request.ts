import type { IncomingHttpHeaders } from 'node:http';

/** What the administration reads of a request, on every platform. */
export interface AdminRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}
