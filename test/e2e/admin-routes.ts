import { RequestMethod, type INestApplication, type Type } from '@nestjs/common';
import { MetadataScanner, ModulesContainer } from '@nestjs/core';

/** A route that Nest serves. */
export interface KnownRoute {
  readonly method: string;
  /** With made-up values for its parameters. */
  readonly path: string;
}

/** Every route whose path begins with this one, read off the controllers that the application really has. */
export function everyRouteBelow(app: INestApplication, prefix: string): KnownRoute[] {
  return routesOfAll(controllersOf(app), prefix);
}

/** The same without the files of the dashboard, which no description of an API has. */
export function routesBelow(app: INestApplication, prefix: string): KnownRoute[] {
  const described = controllersOf(app).filter((type) => !Reflect.hasMetadata('swagger/apiExcludeController', type));
  return routesOfAll(described, prefix);
}

function controllersOf(app: INestApplication): Type[] {
  const modules = [...app.get(ModulesContainer).values()];
  return modules.flatMap(({ controllers }) => [...controllers.values()].map(({ metatype }) => metatype as Type));
}

function routesOfAll(controllers: readonly Type[], prefix: string): KnownRoute[] {
  return controllers.flatMap(routesOf).filter(({ path }) => path.startsWith(prefix));
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
