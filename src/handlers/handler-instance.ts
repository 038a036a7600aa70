import { ContextIdFactory, ModuleRef, type DiscoveryService } from '@nestjs/core';
import { InvalidHandlerError } from '../errors';

/** What Nest knows of a provider or controller. Reached this way because the class itself is not exported. */
export type InstanceWrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** Gives the object whose method is called. */
export type InstanceSource = (request: object) => object | Promise<object>;

/** The prototype of a provider's instances; null where there is none, or it cannot be told before one is made. */
export function prototypeOf(wrapper: InstanceWrapper): object | null {
  if (isShared(wrapper)) {
    const instance: unknown = wrapper.instance;
    return typeof instance === 'object' && instance !== null ? Reflect.getPrototypeOf(instance) : null;
  }
  // A request-scoped factory has made nothing yet, and its metatype is the factory: its token may be the class.
  const source: unknown = wrapper.inject ? wrapper.token : wrapper.metatype;
  return typeof source === 'function' ? ((source.prototype as object | undefined) ?? null) : null;
}

/** Whether Nest keeps one instance for the whole application. */
export function isShared(wrapper: InstanceWrapper): boolean {
  return wrapper.isDependencyTreeStatic() && !wrapper.isTransient;
}

/**
 * Where to get a provider's instance from: the shared one, or, for request-scoped and transient providers, a new one
 * for each call. What such an instance injects as `REQUEST` is the `request` given.
 *
 * @throws {InvalidHandlerError} when no instance could ever be had
 */
export function instanceSourceOf(wrapper: InstanceWrapper): InstanceSource {
  if (isShared(wrapper)) {
    const shared = wrapper.instance as object;
    return () => shared;
  }
  const moduleRef = moduleRefOf(wrapper);
  return (request) => {
    // Not by request: a strategy for durable providers expects an HTTP request there.
    const contextId = ContextIdFactory.create();
    moduleRef.registerRequestByContextId(request, contextId);
    return moduleRef.resolve<object>(wrapper.token as string, contextId);
  };
}

/** The module's own, which is strict: another module may have another provider under the same token. */
function moduleRefOf(wrapper: InstanceWrapper): ModuleRef {
  const moduleRef: unknown = wrapper.host?.getProviderByKey(ModuleRef).instance;
  if (!(moduleRef instanceof ModuleRef)) {
    throw new InvalidHandlerError(
      String(wrapper.name),
      'Nest offers no way to create it for each event. Move the handler to a provider without a scope.',
    );
  }
  return moduleRef;
}
