import { redact } from './redact';

/** The longest description of an error, in characters. */
const MAX_LENGTH = 2_000;
// What is read of a single text before redaction. More than is kept, so that no secret is cut in two where it is kept.
const MAX_READ = 4_000;
const MAX_FRAMES = 12;
const MAX_CAUSES = 3;
const INDESCRIBABLE = 'Something was thrown that cannot be read.';

/**
 * What was thrown, as text that can be stored: `Name: message`, its causes and the top of its stack.
 *
 * Takes whatever can be thrown and never throws itself. Redacted, well-formed, at most 2,000 characters. Of objects
 * that are not errors only the keys are told, since they may be payloads.
 */
export function describeError(error: unknown): string {
  try {
    return tidy([headline(error), ...causesOf(error), ...framesOf(error)].join('\n'));
  } catch {
    return INDESCRIBABLE;
  }
}

function headline(error: unknown): string {
  if (error === null || error === undefined) {
    return `Thrown ${String(error)}`;
  }
  if (typeof error === 'function') {
    return 'Thrown function';
  }
  if (typeof error !== 'object') {
    const primitive = error as string | symbol;
    return `Thrown ${typeof error}: ${String(primitive).slice(0, MAX_READ)}`;
  }
  const message = read(error, 'message');
  if (typeof message !== 'string') {
    const keys = Object.keys(error).slice(0, 10).join(', ').slice(0, MAX_READ);
    return `Thrown ${nameOf(error, 'object')} with the keys: ${keys}`;
  }
  return `${nameOf(error, 'Error')}: ${message.slice(0, MAX_READ)}`;
}

/** The class, unless the error calls itself something more telling, as an AbortError does. */
function nameOf(error: object, otherwise: string): string {
  const names = [read(error, 'name'), read(read(error, 'constructor'), 'name')];
  const telling = names.find((name) => typeof name === 'string' && name !== '' && name !== 'Error');
  return typeof telling === 'string' ? telling.slice(0, 100) : otherwise;
}

/** One line for each cause. An AggregateError has several; that of a refused connection has its message only there. */
function causesOf(error: unknown): string[] {
  const lines: string[] = [];
  const queue = nextCauses(error);
  for (let cause = queue.shift(); cause !== undefined && lines.length < MAX_CAUSES; cause = queue.shift()) {
    lines.push(`Caused by ${redact(headline(cause)).slice(0, MAX_LENGTH / 4)}`);
    queue.push(...nextCauses(cause));
  }
  return lines;
}

function nextCauses(error: unknown): unknown[] {
  const errors = read(error, 'errors');
  const collected: unknown[] = Array.isArray(errors) ? errors.slice(0, MAX_CAUSES) : [];
  return [read(error, 'cause'), ...collected].filter((cause) => cause !== undefined && cause !== null);
}

/** The lines of the stack below its message. */
function framesOf(error: unknown): string[] {
  const stack = read(error, 'stack');
  const start = typeof stack === 'string' ? stack.indexOf('\n    at ') : -1;
  if (typeof stack !== 'string' || start < 0) {
    return [];
  }
  return stack
    .slice(start + 1, start + MAX_READ)
    .split('\n')
    .slice(0, MAX_FRAMES);
}

/** A property, or undefined where there is none or reading it throws. */
function read(target: unknown, key: string): unknown {
  try {
    return (target as Record<string, unknown> | null | undefined)?.[key];
  } catch {
    return undefined;
  }
}

function tidy(text: string): string {
  // eslint-disable-next-line no-control-regex -- databases refuse NUL, and terminals obey the others
  const clean = redact(text).replace(/[\0-\x08\x0b-\x1f\x7f]/g, '\uFFFD');
  const short = clean.length > MAX_LENGTH ? `${clean.slice(0, MAX_LENGTH - 1)}…` : clean;
  return short.replace(/\p{Surrogate}/gu, '\uFFFD');
}
