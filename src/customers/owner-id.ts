import { STRIPE_ID_LENGTH } from '../database';

// What every database stores and compares as it is; blanks at the ends are a mistake, and MySQL may not see them.
const OWNER_ID = /^(?!\s)[^\p{Cc}\p{Cs}]+(?<!\s)$/u;

/** Whether this can be the id of a user: a text of 1 to 255 characters without control characters or blanks at its ends. */
export function isOwnerId(value: unknown): value is string {
  return typeof value === 'string' && value.length <= STRIPE_ID_LENGTH && OWNER_ID.test(value);
}
