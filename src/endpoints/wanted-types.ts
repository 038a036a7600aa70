import { matchesPattern } from '../handlers';
import { SNAPSHOT_TYPES } from './snapshot-types';
import { THIN_TYPES } from './thin-types';

/** What an endpoint is to be given, read off what the handlers ask for. */
export interface WantedTypes {
  /** Sorted, each once; `*` alone where everything is asked for. */
  readonly types: readonly string[];
  /** Types and families of thin events, which a webhook endpoint does not deliver: they need an event destination. */
  readonly thinTypes: readonly string[];
  /** Families that no known type belongs to. */
  readonly unknownFamilies: readonly string[];
}

const EVERYTHING = '*';
const FAMILY = '.*';
const THIN = /^v\d+\./;

/**
 * Writes patterns out as the types that Stripe has to be told. A name is taken as it is, known or not: types are added
 * faster than packages are updated.
 */
export function wantedTypes(patterns: readonly string[]): WantedTypes {
  const thin = patterns.filter((pattern) => THIN.test(pattern));
  const snapshot = patterns.filter((pattern) => !THIN.test(pattern));
  const { types, unknownFamilies } = writtenOut(snapshot, SNAPSHOT_TYPES);
  return {
    types: snapshot.includes(EVERYTHING) ? [EVERYTHING] : types,
    thinTypes: sorted(thin),
    unknownFamilies,
  };
}

/** The same for a destination of thin events. Whoever asks for everything takes them as they come, and asks for none. */
export function wantedThinTypes(patterns: readonly string[]): WantedTypes {
  return {
    ...writtenOut(
      patterns.filter((pattern) => THIN.test(pattern)),
      THIN_TYPES,
    ),
    thinTypes: [],
  };
}

function writtenOut(patterns: readonly string[], known: readonly string[]): Omit<WantedTypes, 'thinTypes'> {
  const families = patterns.filter((pattern) => pattern.endsWith(FAMILY));
  const names = patterns.filter((pattern) => pattern !== EVERYTHING && !pattern.endsWith(FAMILY));
  const typesOf = (family: string): string[] => known.filter((type) => matchesPattern(family, type));
  return {
    types: sorted([...names, ...families.flatMap(typesOf)]),
    unknownFamilies: sorted(families.filter((family) => typesOf(family).length === 0)),
  };
}

/** Each once, in the order of the alphabet. */
export function sorted(types: readonly string[]): string[] {
  return [...new Set(types)].sort();
}
