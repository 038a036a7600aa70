import { SetMetadata, type HttpServer } from '@nestjs/common';
import { Reflector } from '@nestjs/core';

/** Nest's Fastify adapter hands what stands under this key of a controller's method to the route as its `config`. */
const ROUTE_CONFIG = '__fastify_route_config__';
const MARK = 'stripeEventsWebhook';
// Of a prefix with parameters, only Express itself could say what it matches.
const LITERAL_PATH = /^[\w.~/-]+$/;

/** Marks the webhook's method, and thereby its route: Nest copies a method's metadata to the handler it registers. */
export function MarkWebhookRoute(): MethodDecorator {
  return SetMetadata(ROUTE_CONFIG, { [MARK]: true });
}

/** Whether the `config` of a Fastify route is the webhook's. */
export function isWebhookRoute(config: unknown): boolean {
  return (config as Record<string, unknown> | undefined)?.[MARK] === true;
}

/**
 * The paths that lead to the webhooks on an adapter without route options, learned as Nest registers its routes: whatever
 * prefixes, versions and parent modules make of them, and no other route that happens to end alike.
 */
export class WebhookPaths {
  private readonly reflector = new Reflector();
  private readonly paths = new Set<string>();
  private isOneOpen = false;

  /** @param ends the ends of the paths, which have to tell where those have a prefix with parameters */
  constructor(private readonly ends: readonly string[]) {}

  /** Listens to the adapter's registrations from now on. */
  learnFrom(adapter: HttpServer): void {
    const post = adapter.post.bind(adapter) as (...route: unknown[]) => unknown;
    adapter.post = (...route: unknown[]): unknown => {
      this.learn(route[0], route.at(-1));
      return post(...route);
    };
  }

  /** Whether a POST to this path is the webhook's; upper case and one slash at the end change nothing, as in Express. */
  include(requested: string): boolean {
    const path = (requested.endsWith('/') ? requested.slice(0, -1) : requested).toLowerCase();
    const allKnown = this.paths.size > 0 && !this.isOneOpen;
    return this.paths.has(path) || (!allKnown && this.ends.some((end) => path.endsWith(end)));
  }

  private learn(path: unknown, handler: unknown): void {
    if (typeof handler !== 'function' || !isWebhookRoute(this.reflector.get(ROUTE_CONFIG, handler))) {
      return;
    }
    if (typeof path === 'string' && LITERAL_PATH.test(path)) {
      this.paths.add(path.toLowerCase());
    } else {
      // A prefix with parameters may stand before one webhook, and exclude the others.
      this.isOneOpen = true;
    }
  }
}
