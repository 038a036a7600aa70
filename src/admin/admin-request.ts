import type { IncomingHttpHeaders } from 'node:http';

/** What the administration reads of a request, on every platform. */
export interface AdminRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

const BEARER = /^Bearer +(.+)$/i;

/** The token of an `Authorization: Bearer` header, or null. */
export function bearerTokenOf({ headers }: AdminRequest): string | null {
  return BEARER.exec(headers.authorization ?? '')?.[1] ?? null;
}
