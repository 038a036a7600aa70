import { SignatureVerificationError } from '../errors';

/** Most `v1` items a header may carry. Stripe sends one per secret that is still valid: one, or two during a rotation. */
export const MAX_SIGNATURES = 16;

/** Longest header that is looked at, in UTF-16 units. Stripe's has about 150; Node takes at most 16 KiB of headers. */
export const MAX_HEADER_LENGTH = 8192;

/** What a `Stripe-Signature` header says, not yet believed. */
export interface SignatureHeader {
  /** The digits of `t` as they were sent, since they are part of what was signed: 1 to 15 of them. */
  readonly timestamp: string;
  /** The values of all `v1` items in their order: any text, at least one, at most {@link MAX_SIGNATURES}. */
  readonly signatures: readonly string[];
}

// 15 digits always are a safe integer.
const UNIX_SECONDS = /^[0-9]{1,15}$/;

/**
 * Reads a `Stripe-Signature` header: `t=<unix seconds>,v1=<hex>[,v1=<hex>][,v0=<hex>]`.
 *
 * Keys are compared as they stand, neither trimmed nor lower-cased; every scheme but `v1` is ignored, since accepting
 * another one would be a downgrade. Of several `t` the last counts, as in stripe-node.
 *
 * @see https://docs.stripe.com/webhooks#verify-manually
 * @throws {SignatureVerificationError} `no_header`, `malformed_header` or `no_v1_signature`
 */
export function parseSignatureHeader(header: string | readonly string[] | undefined): SignatureHeader {
  const text = headerText(header);
  if (text === '') {
    throw new SignatureVerificationError('no_header');
  }
  if (text.length > MAX_HEADER_LENGTH) {
    throw new SignatureVerificationError('malformed_header');
  }
  return checked(itemsOf(text));
}

// Node joins a repeated header with ", ", so a framework that keeps the list apart gets the same answer.
function headerText(header: unknown): string {
  if (Array.isArray(header) && header.every((line) => typeof line === 'string')) {
    return header.join(', ');
  }
  return typeof header === 'string' ? header : '';
}

function itemsOf(text: string): SignatureHeader {
  let timestamp = '';
  const signatures: string[] = [];
  for (const item of text.split(',')) {
    const equals = item.indexOf('=');
    const key = equals === -1 ? item : item.slice(0, equals);
    const value = equals === -1 ? '' : item.slice(equals + 1);
    if (key === 't') {
      timestamp = value;
    } else if (key === 'v1') {
      signatures.push(value);
    }
  }
  return { timestamp, signatures };
}

function checked(items: SignatureHeader): SignatureHeader {
  if (!UNIX_SECONDS.test(items.timestamp) || items.signatures.length > MAX_SIGNATURES) {
    throw new SignatureVerificationError('malformed_header');
  }
  if (items.signatures.length === 0) {
    throw new SignatureVerificationError('no_v1_signature');
  }
  return items;
}
