const GONE = '[redacted]';

// Each pattern is bounded or anchored to a literal, so that no input makes it take more than linear time.
const RULES: readonly (readonly [RegExp, string])[] = [
  // Stripe's secret, restricted and ephemeral keys. Publishable keys are public.
  [/(?<![A-Za-z0-9])([sre]k_(?:live_|test_|org_)?)[A-Za-z0-9_]{4,}/g, `$1${GONE}`],
  [/whsec_[A-Za-z0-9+/=_-]+/g, `whsec_${GONE}`],
  // The client secrets of intents and sessions: pi_…_secret_….
  [/_secret_[A-Za-z0-9]{10,}/g, `_secret_${GONE}`],
  [/\b(Bearer|Basic)\s{1,4}[\w.~+/=-]{8,}/gi, `$1 ${GONE}`],
  [/\beyJ[\w-]{8,1000}\.[\w-]+(?:\.[\w-]+)?/g, GONE],
  // User and password of a connection URL.
  [/(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/]+@/gi, `$1${GONE}@`],
  [/[\p{L}\p{N}._%+-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}/gu, '[e-mail]'],
];

/** The text without the secrets and e-mail addresses in it: keys, tokens, signing secrets, passwords in URLs. */
export function redact(text: string): string {
  return RULES.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}
