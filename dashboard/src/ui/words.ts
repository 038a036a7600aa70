/** Marks that turn the direction of a text, or hide in it: shown as what they are, since they can make it lie. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** A text from outside, with nothing hidden in it. */
export function plain(text: string): string {
  return text.replace(INVISIBLE, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const counts = new Intl.NumberFormat('en');

export function count(value: number): string {
  return counts.format(value);
}

const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });
const ENDINGS: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd' };

/** `1st`, `22nd`, `13th`. */
export function ordinal(value: number): string {
  return `${value}${ENDINGS[ordinals.select(value)] ?? 'th'}`;
}

export function percent(share: number): string {
  if (share === 0) return '0 %';
  return share < 0.001 ? '< 0.1 %' : `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** A duration in its largest unit, or two: `2 h 5 min`, `340 ms`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  const index = UNITS.findIndex(([, length]) => ms >= length);
  const [unit, length] = UNITS[index] ?? UNITS[3];
  const [smaller, smallerLength] = UNITS[index + 1] ?? ['', 0];
  const rest = smallerLength === 0 ? 0 : Math.floor((ms % length) / smallerLength);
  return `${Math.floor(ms / length)} ${unit}${rest > 0 ? ` ${rest} ${smaller}` : ''}`;
}

const MONTH_MS = 30 * 86_400_000;
const days = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** `3 min ago`, `in 2 h`; the day itself when it is far. */
export function ago(momentMs: number, nowMs: number): string {
  const ms = nowMs - momentMs;
  if (Math.abs(ms) > MONTH_MS) return days.format(momentMs);
  if (Math.abs(ms) < 2_000) return 'just now';
  const rough = duration(Math.floor(Math.abs(ms) / 1_000) * 1_000).replace(/^(\d+)\.\d+ s$/, '$1 s');
  const largest = rough.split(' ').slice(0, 2).join(' ');
  return ms > 0 ? `${largest} ago` : `in ${largest}`;
}

const moments = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

export function moment(iso: string): string {
  return moments.format(new Date(iso));
}

/** An amount in minor units, as people write it. */
export function money(amount: number, currency: string): string {
  try {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency });
    return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
  } catch {
    return `${count(amount)} ${currency}`;
  }
}
