import { InvalidHandlerError } from '../errors';
import { isPattern } from './event-pattern';
import type { DeclaredMethod, HandlerDeclaration } from './handler-metadata.accessor';
import type { HandlerDefinition } from './registered-handler';

/** What the column that keeps the runs takes, on every database. */
const MAX_ID_LENGTH = 191;
/** Timers take no more; what is longer fires at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;
/** Databases refuse control characters and lone surrogates, and may ignore blanks at the end. */
const ID_FORM = /^(?!\s)[^\p{Cc}\p{Cs}]+(?<!\s)$/u;

/**
 * The handlers that the decorators of one method make: one for each id they name.
 *
 * @throws {InvalidHandlerError} when they cannot be used as they are
 */
export function definitionsOf(className: string, { key, declarations }: DeclaredMethod): HandlerDefinition[] {
  const place = `${className || '(a class without a name)'}.${String(key)}`;
  const byId = new Map<string, HandlerDeclaration>();
  for (const declaration of declarations) {
    const id = declaration.id ?? defaultId(className, key, place);
    const earlier = byId.get(id);
    byId.set(id, earlier ? merge(earlier, declaration, place) : declaration);
  }
  return [...byId].map(([id, declaration]) => toDefinition(id, declaration, place));
}

function defaultId(className: string, key: string | symbol, place: string): string {
  if (className === '' || typeof key === 'symbol') {
    const what = className === '' ? 'class' : 'method';
    throw new InvalidHandlerError(place, `its ${what} has no name to make an id of. Give it one: { id: '…' }.`);
  }
  return `${className}.${key}`;
}

function merge(one: HandlerDeclaration, other: HandlerDeclaration, place: string): HandlerDeclaration {
  const differs = (['transactional', 'maxAttempts', 'timeoutMs', 'endpoint'] as const).find(
    (name) => one[name] !== other[name],
  );
  if (differs) {
    throw new InvalidHandlerError(
      place,
      `its decorators disagree about ${differs}. Give each the same options, or an id of its own.`,
    );
  }
  return { ...one, patterns: [...one.patterns, ...other.patterns] };
}

function toDefinition(id: string, declaration: HandlerDeclaration, place: string): HandlerDefinition {
  const { transactional, maxAttempts, timeoutMs, endpoint } = declaration;
  checkId(id, place);
  return {
    id,
    patterns: checkedPatterns(declaration.patterns, place),
    transactional: transactional === true,
    ...(endpoint !== undefined && { endpoint }),
    ...(maxAttempts !== undefined && { maxAttempts: checkedCount('maxAttempts', maxAttempts, place) }),
    ...(timeoutMs !== undefined && { timeoutMs: checkedCount('timeoutMs', timeoutMs, place) }),
  };
}

function checkId(id: string, place: string): void {
  if (typeof id !== 'string' || id.length > MAX_ID_LENGTH || !ID_FORM.test(id)) {
    const problem = `its id has to be 1 to ${MAX_ID_LENGTH} printable characters, without blanks at its ends.`;
    throw new InvalidHandlerError(place, `${problem} Give it another: { id: '…' }.`);
  }
}

function checkedPatterns(patterns: readonly unknown[], place: string): readonly string[] {
  const wrong = patterns.filter((pattern) => !isPattern(pattern));
  if (wrong.length > 0 || patterns.length === 0) {
    const problem = patterns.length === 0 ? 'it asks for no event' : `"${String(wrong[0])}" is not a type of event`;
    throw new InvalidHandlerError(place, `${problem}. Use names, a prefix such as 'customer.*', or '*'.`);
  }
  return [...new Set(patterns.filter(isPattern))];
}

function checkedCount(name: 'maxAttempts' | 'timeoutMs', value: number, place: string): number {
  if (!Number.isInteger(value) || value < 1 || value > MAX_TIMEOUT_MS) {
    throw new InvalidHandlerError(place, `its ${name} has to be a whole number from 1 to ${MAX_TIMEOUT_MS}.`);
  }
  return value;
}
