import { RequestMethod, type INestApplication, type Type } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';

/** A route that Nest serves. */
export interface KnownRoute {
  readonly method: string;
  /** With made-up values for its parameters. */
  readonly path: string;
}

/** Every route whose path begins with this one, read off the controllers that the application really has. */
export function routesBelow(app: INestApplication, prefix: string): KnownRoute[] {
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()]);
  return controllers
    .flatMap(({ metatype }) => routesOf(metatype as Type))
    .filter(({ path }) => path.startsWith(prefix));
}

function routesOf(controller: Type): KnownRoute[] {
  const base = String(Reflect.getMetadata('path', controller));
  const prototype = controller.prototype as Record<string, object>;
  return new MetadataScanner()
    .getAllMethodNames(prototype)
    .map((name) => prototype[name]!)
    .filter((method) => Reflect.hasMetadata('path', method))
    .map((method) => ({
      method: RequestMethod[Reflect.getMetadata('method', method) as RequestMethod],
      path: `/${base}/${String(Reflect.getMetadata('path', method))}`
        .replaceAll(/:[A-Za-z]+/g, 'evt_1')
        .replaceAll(/\/{2,}/g, '/')
        .replace(/\/$/, ''),
    }));
}
