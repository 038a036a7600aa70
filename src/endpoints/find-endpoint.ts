import { EndpointAmbiguousError, EndpointNotFoundError } from '../errors';
import { isSameUrl, type StripeEndpointDeclaration } from './endpoint-declaration';
import { isOwned, markOf, type RemoteEndpoint } from './remote-endpoint';

/** The endpoint that is meant: by this module's mark, or else, of those without one, by its address. */
export function endpointFor(
  { name = 'default', url }: StripeEndpointDeclaration,
  endpoints: readonly RemoteEndpoint[],
  takeOver?: string,
): RemoteEndpoint | null {
  const marked = endpoints.filter((endpoint) => markOf(endpoint).name === name);
  const candidates =
    marked.length > 0 ? marked : endpoints.filter((endpoint) => !isOwned(endpoint) && isSameUrl(endpoint.url, url));
  if (takeOver !== undefined) {
    return toTakeOver(takeOver, marked, endpoints);
  }
  if (candidates.length > 1) {
    throw new EndpointAmbiguousError(candidates.map(({ id }) => id));
  }
  return candidates[0] ?? null;
}

function toTakeOver(
  id: string,
  marked: readonly RemoteEndpoint[],
  endpoints: readonly RemoteEndpoint[],
): RemoteEndpoint {
  const wanted = endpoints.find((endpoint) => endpoint.id === id);
  if (wanted === undefined) {
    throw new EndpointNotFoundError();
  }
  const others = marked.filter((endpoint) => endpoint.id !== id);
  if (others.length > 0) {
    throw new EndpointAmbiguousError([id, ...others.map((endpoint) => endpoint.id)]);
  }
  return wanted;
}
