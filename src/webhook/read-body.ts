import type { IncomingMessage } from 'node:http';
import { BodyTooLargeError } from '../errors';

/** How much of a body that is too long is still taken in, so that the sender gets to read the answer. */
const MOST_DISCARDED_BYTES = 16 * 1024 * 1024;

/**
 * The bytes of a request's body, exactly as they came.
 *
 * @throws {BodyTooLargeError} as soon as it is known to be longer than `maxBytes`
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const tooLarge = (): void => {
      request.off('data', take);
      discard(request);
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
    request.on('end', () => {
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    });
    request.on('error', reject);
    request.on('close', () => {
      reject(new Error('The request ended before its body did.'));
    });
    if (Number(request.headers['content-length']) > maxBytes) {
      tooLarge();
    } else {
      request.on('data', take);
    }
  });
}

/** Reads on without keeping anything; who sends far too much is cut off. */
function discard(request: IncomingMessage): void {
  let discarded = 0;
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > MOST_DISCARDED_BYTES) {
      request.destroy();
    }
  });
}
