const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^([1-9][0-9]{0,5})([mhd])$/;

/** The shortest and the longest window, in milliseconds. */
export const WINDOW_BOUNDS_MS = { least: UNITS.m, most: 90 * UNITS.d } as const;

/** A duration like `15m`, `24h` or `7d` in milliseconds; null for anything else, and outside of 1 minute to 90 days. */
export function windowMs(text: unknown): number | null {
  const [, count, unit] = (typeof text === 'string' ? DURATION.exec(text) : null) ?? [];
  const ms = unit === undefined ? NaN : Number(count) * UNITS[unit as keyof typeof UNITS];
  return ms >= WINDOW_BOUNDS_MS.least && ms <= WINDOW_BOUNDS_MS.most ? ms : null;
}
