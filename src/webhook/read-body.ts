import type { Readable } from 'node:stream';
import { BodyTooLargeError, SignatureVerificationError } from '../errors';

/** How much of a body that is too long is still taken in, so that the sender gets to read the answer. */
const MOST_DISCARDED_BYTES = 16 * 1024 * 1024;

/** How much of a body is taken. */
export interface BodyLimits {
  readonly maxBytes: number;
  /** What the sender says the length is; NaN where it does not. */
  readonly declaredBytes: number;
}

/**
 * The bytes of a request's body, exactly as they come.
 *
 * @param source nobody must have read of it before
 * @throws {BodyTooLargeError} as soon as it is known to be longer than `maxBytes`
 * @throws {SignatureVerificationError} when the connection ends before the body does
 */
export function readBody(source: Readable, { maxBytes, declaredBytes }: BodyLimits): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const incomplete = (): void => {
      reject(new SignatureVerificationError('incomplete_payload'));
    };
    const tooLarge = (): void => {
      source.off('data', take);
      discard(source);
      reject(new BodyTooLargeError(maxBytes));
    };
    const take = (chunk: Buffer): void => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > maxBytes) {
        chunks.length = 0;
        tooLarge();
      }
    };
    source.on('end', () => {
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    });
    source.on('error', incomplete);
    source.on('close', () => {
      if (!source.readableEnded) {
        incomplete();
      }
    });
    if (source.destroyed) {
      incomplete();
    } else if (declaredBytes > maxBytes) {
      tooLarge();
    } else {
      source.on('data', take);
    }
  });
}

/** Reads on without keeping anything; who sends far too much is cut off. */
function discard(source: Readable): void {
  let discarded = 0;
  source.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > MOST_DISCARDED_BYTES) {
      source.destroy();
    }
  });
}
