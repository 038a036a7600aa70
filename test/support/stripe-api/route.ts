import type { IncomingHttpHeaders } from 'node:http';
import type { StandInAccount } from './account';
import type { Parameters } from './parameters';

/** A request that has passed authentication. */
export interface ApiCall {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** The `:id` of the route's path, decoded. */
  readonly id: string;
  readonly query: Parameters;
  readonly body: Parameters;
  readonly headers: IncomingHttpHeaders;
  /** Whose data is asked for: the key's account, or the one that Stripe-Account or Stripe-Context names. */
  readonly account: StandInAccount;
  /** Seconds, by the stand-in's clock. */
  readonly nowSeconds: number;
}

/** One operation of the API. A path's `:id` stands for one segment; `*` is every path. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** The body of a 200; throws an `ApiError` for anything else. */
  answer(call: ApiCall): object;
}

/** The first route that fits, with the id in its path. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { readonly route: Route; readonly id: string } | null {
  for (const route of routes) {
    const pattern = new RegExp(`^${route.path.replaceAll('.', '\\.').replace('*', '.*').replace(':id', '([^/]+)')}$`);
    const found = route.method === method ? pattern.exec(path) : null;
    if (found !== null) {
      return { route, id: decodeURIComponent(found[1] ?? '') };
    }
  }
  return null;
}
