import { InvalidRequestError } from '../errors';

/** Where the ledger learns which handlers there are. */
export interface HandlerDirectory {
  /** The ids of all handlers; null where events are handled in other processes, whose handlers nobody here knows. */
  ids(): readonly string[] | null;
}
export const HandlerDirectory = Symbol('StripeHandlerDirectory');

const MOST_NAMED = 5;

/**
 * Lets through what names handlers that can run: a name nobody has would replay nothing, and nobody would be told.
 *
 * @throws {InvalidRequestError} naming the ones that are not there
 */
export function checkHandlers(named: readonly string[] | undefined, directory: HandlerDirectory): void {
  if (named === undefined) {
    return;
  }
  if (named.length === 0) {
    throw new InvalidRequestError(['handlers must name at least one handler']);
  }
  const known = directory.ids();
  const unknown = known === null ? [] : named.filter((id) => !known.includes(id));
  if (unknown.length > 0) {
    throw new InvalidRequestError([
      `there is no handler of the id ${listed(unknown)}; there is ${listed(known ?? [])}`,
    ]);
  }
}

function listed(ids: readonly string[]): string {
  const shown = ids.slice(0, MOST_NAMED).map((id) => JSON.stringify(id));
  const more = ids.length > MOST_NAMED ? [`${ids.length - MOST_NAMED} more`] : [];
  return ids.length === 0 ? 'none' : [...shown, ...more].join(', ');
}
