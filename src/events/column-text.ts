// PostgreSQL refuses NUL, drivers replace lone surrogates, and no column holds more than 255 characters: Stripe's own
// bound for ids (https://docs.stripe.com/upgrades). With the u flag, \p{Cs} is a lone surrogate.
const COLUMN_TEXT = /^[^\p{Cc}\p{Cs}]{1,255}$/u;

/**
 * The value if every supported database stores it unchanged in a column of 255 characters, else `null`: 1 to 255
 * characters, no control character, no lone surrogate.
 */
export function columnText(value: unknown): string | null {
  return typeof value === 'string' && COLUMN_TEXT.test(value) ? value : null;
}
