import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

const BEARER = /^Bearer +(.+)$/i;

/** The token of an `Authorization: Bearer` header, or null. */
export function bearerTokenOf({ headers }: { readonly headers: IncomingHttpHeaders }): string | null {
  return BEARER.exec(headers.authorization ?? '')?.[1] ?? null;
}

/** A token that callers have to know; a blank one is known by nobody. */
export class SecretToken {
  private readonly expected: Buffer | null;

  constructor(token: string) {
    this.expected = token.trim() === '' ? null : digestOf(token);
  }

  get isBlank(): boolean {
    return this.expected === null;
  }

  /** Digests have one length, so that comparing them tells nothing of the token's. */
  isGivenBy(request: { readonly headers: IncomingHttpHeaders }): boolean {
    const given = bearerTokenOf(request);
    return this.expected !== null && given !== null && timingSafeEqual(digestOf(given), this.expected);
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
