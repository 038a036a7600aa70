/** The smallest of the values that at least this share of them does not exceed; null where there are none. */
export function percentile(ascending: readonly number[], share: number): number | null {
  const rank = Math.max(1, Math.ceil(ascending.length * share));
  return ascending[rank - 1] ?? null;
}
