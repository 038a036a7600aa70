/**
 * How long the API asks to be left alone, in milliseconds; null when it does not say. The SDK's error has the headers of
 * the answer; `Retry-After` is in seconds, or a date: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after.
 */
export function askedPauseMs(error: unknown): number | null {
  const { headers } = error as { headers?: unknown };
  const header: unknown =
    headers instanceof Headers
      ? headers.get('retry-after')
      : (headers as Record<string, unknown> | null | undefined)?.['retry-after'];
  const asked = typeof header === 'string' ? header : '';
  const ms = /^\d+$/.test(asked) ? Number(asked) * 1_000 : Date.parse(asked) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}
