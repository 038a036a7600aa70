import { matchesPattern } from '../handlers';
import { SNAPSHOT_TYPES } from './snapshot-types';

/** What an endpoint is to be given, read off what the handlers ask for. */
export interface WantedTypes {
  /** Sorted, each once; `*` alone where everything is asked for. */
  readonly types: readonly string[];
  /** Types of thin events, which a webhook endpoint does not deliver: they need an event destination. */
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
  const families = snapshot.filter((pattern) => pattern.endsWith(FAMILY));
  const names = snapshot.filter((pattern) => pattern !== EVERYTHING && !pattern.endsWith(FAMILY));
  const types = snapshot.includes(EVERYTHING) ? [EVERYTHING] : [...names, ...families.flatMap(typesOf)];
  return {
    types: sorted(types),
    thinTypes: sorted(thin),
    unknownFamilies: sorted(families.filter((family) => typesOf(family).length === 0)),
  };
}

/** Each once, in the order of the alphabet. */
export function sorted(types: readonly string[]): string[] {
  return [...new Set(types)].sort();
}

function typesOf(family: string): string[] {
  return SNAPSHOT_TYPES.filter((type) => matchesPattern(family, type));
}
