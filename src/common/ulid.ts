import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const HALF = 2 ** 40;
const SEED_BYTES = 10;
/** So many seeds are drawn together: each draw costs the same, however short. */
const SEEDS_PER_DRAW = 100;

/** Makes ids of 26 characters that sort in the order they were made in, also within a millisecond: https://github.com/ulid/spec. */
export class UlidFactory {
  private lastMs = -1;
  private high = 0;
  private low = 0;
  private random = Buffer.alloc(0);
  private used = 0;

  /** @param nowMs the time the id carries, in epoch milliseconds; a time before the previous one counts as the previous one */
  next(nowMs: number): string {
    if (nowMs > this.lastMs) {
      this.lastMs = nowMs;
      this.seed();
    } else {
      this.increment();
    }
    return encode(this.lastMs, 10) + encode(this.high, 8) + encode(this.low, 8);
  }

  private seed(): void {
    if (this.used + SEED_BYTES > this.random.length) {
      this.random = randomBytes(SEED_BYTES * SEEDS_PER_DRAW);
      this.used = 0;
    }
    // One bit is left free, so that counting up within a millisecond cannot overflow.
    this.high = this.random.readUIntBE(this.used, 5) % (HALF / 2);
    this.low = this.random.readUIntBE(this.used + 5, 5);
    this.used += SEED_BYTES;
  }

  private increment(): void {
    this.low += 1;
    if (this.low === HALF) {
      this.low = 0;
      this.high += 1;
    }
  }
}

/** The smallest id that an event received at this moment, or later, can have. */
export function ulidFloor(ms: number): string {
  return encode(Math.max(0, Math.floor(ms)), 10) + '0'.repeat(16);
}

function encode(value: number, length: number): string {
  let text = '';
  let rest = value;
  for (let index = 0; index < length; index += 1) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}
