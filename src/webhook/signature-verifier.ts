import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { types } from 'node:util';

import { SignatureVerificationError } from '../errors';
import { parseSignatureHeader, type SignatureHeader } from './signature-header';

/** A webhook signing secret, and the endpoint (trust domain) that it speaks for. */
export interface SigningSecret {
  /** The whole secret, with its `whsec_`. A blank one is passed over: it never verifies anything. */
  readonly secret: string;
  readonly endpoint: string;
}

/** What a {@link SignatureVerifier} works with. */
export interface SignatureVerifierOptions {
  /** In the order of preference: the first that verifies wins. */
  readonly secrets: readonly SigningSecret[];
  /** How far the signature's time may be from the time of receiving, into the past and into the future alike. */
  readonly toleranceSeconds: number;
  /** Now, in epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

/** A delivery whose signature is right and fresh. */
export interface VerifiedDelivery {
  /** Index of the matching secret in the options' `secrets`. */
  readonly secretIndex: number;
  /** The endpoint of that secret. */
  readonly endpoint: string;
  /** When Stripe signed, in unix seconds. */
  readonly timestamp: number;
  /** Seconds between signing and receiving; negative when Stripe's clock is ahead of ours. */
  readonly ageSeconds: number;
}

interface VerificationKey {
  readonly index: number;
  readonly endpoint: string;
  readonly key: KeyObject;
}

const HEX_LENGTH = 64;

/** Tells whether one of the configured secrets signed these very bytes, just now. */
export class SignatureVerifier {
  private readonly keys: readonly VerificationKey[];
  private readonly toleranceSeconds: number;
  private readonly now: () => number;

  constructor(options: SignatureVerifierOptions) {
    this.keys = distinctKeys(options.secrets);
    this.toleranceSeconds = options.toleranceSeconds;
    this.now = options.now ?? Date.now;
  }

  /**
   * Verifies the body as it was received: the bytes, before any decoding.
   *
   * The signature is checked before its age, so `too_old` and `in_future` speak of our clock (or of a replay), never of
   * a forgery.
   *
   * @param receivedAtMs when the request arrived, in epoch milliseconds
   * @param endpoint whose secrets count; everybody's where it is not given
   * @throws {SignatureVerificationError} for whatever is wrong, and nothing else
   */
  verify(
    rawBody: Uint8Array,
    header: string | readonly string[] | undefined,
    receivedAtMs: number = this.now(),
    endpoint?: string,
  ): VerifiedDelivery {
    if (!types.isUint8Array(rawBody) || rawBody.length === 0) {
      throw new SignatureVerificationError('no_payload');
    }
    const { timestamp, signatures } = parseSignatureHeader(header);
    const keys = this.keys.filter((key) => endpoint === undefined || key.endpoint === endpoint);
    const signer = signerOf(keys, rawBody, { timestamp, signatures });
    const ageSeconds = Math.floor(receivedAtMs / 1000) - Number(timestamp);
    this.checkAge(ageSeconds);
    return { secretIndex: signer.index, endpoint: signer.endpoint, timestamp: Number(timestamp), ageSeconds };
  }

  // Written so that a tolerance or a time that is not a number refuses everything, rather than nothing.
  private checkAge(ageSeconds: number): void {
    if (!(ageSeconds <= this.toleranceSeconds)) {
      throw new SignatureVerificationError('too_old');
    }
    if (!(ageSeconds >= -this.toleranceSeconds)) {
      throw new SignatureVerificationError('in_future');
    }
  }
}

// Compares every secret with every signature, also after a match: the time taken tells nothing about either.
function signerOf(
  keys: readonly VerificationKey[],
  rawBody: Uint8Array,
  { timestamp, signatures }: SignatureHeader,
): VerificationKey {
  if (keys.length === 0) {
    throw new SignatureVerificationError('no_secret');
  }
  const candidates = comparable(signatures);
  let signer: VerificationKey | undefined;
  for (const candidate of candidates.length === 0 ? [] : keys) {
    const expected = hexHmac(candidate.key, timestamp, rawBody);
    for (const signature of candidates) {
      signer = timingSafeEqual(expected, signature) ? (signer ?? candidate) : signer;
    }
  }
  if (signer === undefined) {
    throw new SignatureVerificationError('no_match');
  }
  return signer;
}

// The same secret may be configured twice; hashing the body with it once is enough. The first one counts.
function distinctKeys(secrets: readonly SigningSecret[]): readonly VerificationKey[] {
  const keys = new Map<string, VerificationKey>();
  secrets.forEach(({ secret, endpoint }, index) => {
    if (secret.trim() !== '' && !keys.has(secret)) {
      keys.set(secret, { index, endpoint, key: createSecretKey(secret, 'utf8') });
    }
  });
  return [...keys.values()];
}

// As UTF-8, never as latin-1 or hex: those map several texts to the same bytes, and an upper-case digit would match.
function comparable(signatures: readonly string[]): readonly Buffer[] {
  return signatures.map((signature) => Buffer.from(signature, 'utf8')).filter(({ length }) => length === HEX_LENGTH);
}

function hexHmac(key: KeyObject, timestamp: string, rawBody: Uint8Array): Buffer {
  return Buffer.from(createHmac('sha256', key).update(`${timestamp}.`).update(rawBody).digest('hex'), 'latin1');
}
