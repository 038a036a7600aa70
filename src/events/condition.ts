import { placeholders } from '../database';

/** A part of a WHERE clause, complete in itself: it can be joined with AND, or negated, as it is. */
export interface Condition {
  readonly sql: string;
  readonly params: readonly unknown[];
}

/** Lets nothing through. */
export const NEVER: Condition = { sql: '1 = 0', params: [] };

// A text with a NUL or a lone surrogate is in no column: PostgreSQL refuses the question, drivers change it.
const STORABLE = /^[^\p{Cc}\p{Cs}]*$/u;
const LIKE_WILDCARDS = /[!%_]/g;

/** What `make` says of the value; nothing where it is not given. */
export function when<Value>(value: Value | undefined, make: (value: Value) => Condition): Condition[] {
  return value === undefined ? [] : [make(value)];
}

/** All of them; everything passes where there is none. */
export function allOf(conditions: readonly Condition[]): { sql: string; params: unknown[] } {
  return {
    sql: conditions.length === 0 ? '1 = 1' : conditions.map(({ sql }) => sql).join(' AND '),
    params: conditions.flatMap(({ params }) => params),
  };
}

/** At least one of them. */
export function anyOf(conditions: readonly Condition[]): Condition {
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(' OR ')})`,
    params: conditions.flatMap(({ params }) => params),
  };
}

/** The column has exactly this text. */
export function isText(column: string, value: string): Condition {
  return isStorable(value) ? { sql: `${column} = ?`, params: [value] } : NEVER;
}

/** The column has one of these texts. */
export function isOneOf(column: string, values: readonly string[]): Condition {
  const texts = values.filter(isStorable);
  return texts.length === 0 ? NEVER : { sql: `${column} IN (${placeholders(texts.length)})`, params: texts };
}

/** The column's text begins with this one, letter for letter. */
export function beginsWith(column: string, prefix: string): Condition {
  if (!isStorable(prefix)) {
    return NEVER;
  }
  // LIKE alone is what an index can answer, but SQLite's takes upper and lower case for the same.
  const length = Array.from(prefix).length;
  return {
    sql: `(${column} LIKE ? ESCAPE '!' AND SUBSTR(${column}, 1, ${length}) = ?)`,
    params: [`${likeText(prefix)}%`, prefix],
  };
}

/** The column's text begins with this one, in upper or lower case as far as the database knows about it. */
export function beginsWithAnyCase(column: string, prefix: string): Condition {
  return isStorable(prefix)
    ? { sql: `LOWER(${column}) LIKE LOWER(?) ESCAPE '!'`, params: [`${likeText(prefix)}%`] }
    : NEVER;
}

/** JavaScript callers can pass anything; what is no text is found nowhere. */
export function isStorable(value: unknown): boolean {
  return typeof value === 'string' && STORABLE.test(value);
}

function likeText(text: string): string {
  return text.replaceAll(LIKE_WILDCARDS, '!$&');
}
