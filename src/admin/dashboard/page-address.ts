import { SetMetadata, type HttpServer } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';

/** Nest's Fastify adapter hands what stands under this key of a controller's method to the route as its `config`. */
const ROUTE_CONFIG = '__fastify_route_config__';
const MARK = 'stripeEventsDashboard';

interface FastifyRoute {
  readonly method: string | readonly string[];
  readonly url: string;
  readonly config?: Readonly<Record<string, unknown>>;
}
interface Fastify {
  addHook(name: 'onRoute', hook: (route: FastifyRoute) => void): void;
  hasRoute(route: { readonly method: string; readonly url: string }): boolean;
  route(route: FastifyRoute): void;
}

/** Marks the page's method, and thereby its route. */
export function MarkPageRoute(): MethodDecorator {
  return SetMetadata(ROUTE_CONFIG, { [MARK]: true });
}

/**
 * Lets the page be found under its address with a slash at the end, which Fastify takes for another one. Express does not,
 * and Nest leaves such a slash out of the paths it registers.
 */
export function acceptSlash(host: HttpAdapterHost): void {
  // At once, or later in a testing module. An application without HTTP has no adapter, which it says with null.
  host.init$.subscribe(() => {
    const adapter = host.httpAdapter as HttpServer | null;
    if (adapter?.getType() === 'fastify') {
      const fastify = adapter.getInstance() as Fastify;
      fastify.addHook('onRoute', (route) => {
        addSlash(fastify, route);
      });
    }
  });
}

function addSlash(fastify: Fastify, route: FastifyRoute): void {
  const { method, url, config } = route;
  const isPage = config?.[MARK] === true && method === 'GET' && !url.endsWith('/');
  // With `ignoreTrailingSlash` it is there already.
  if (isPage && !fastify.hasRoute({ method, url: `${url}/` })) {
    fastify.route({ ...route, url: `${url}/` });
  }
}
