import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { DuplicateHandlerError, InvalidHandlerError } from '../errors';
import { definitionsOf } from './handler-definition';
import { type InstanceSource, type InstanceWrapper, instanceSourceOf, isShared, prototypeOf } from './handler-instance';
import { HandlerMetadataAccessor, type DeclaredMethod } from './handler-metadata.accessor';
import { HandlerRegistry } from './handler.registry';
import type { HandlerDefinition, RegisteredHandler } from './registered-handler';

/** Where a handler was found. */
interface Origin {
  readonly type: unknown;
  readonly className: string;
  readonly moduleName: string;
}

/**
 * Finds the decorated methods of the application's providers and controllers, once, and hands them to the registry.
 *
 * Modules that are loaded lazily later on are not searched.
 */
@Injectable()
export class HandlerExplorer implements OnModuleInit {
  private explored = false;
  private readonly origins = new Map<string, Origin>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly metadata: HandlerMetadataAccessor,
    private readonly registry: HandlerRegistry,
  ) {}

  onModuleInit(): void {
    this.explore();
  }

  /**
   * Searches the application. Every instance exists by the time modules are initialised; a second call does nothing.
   *
   * @throws {DuplicateHandlerError} when two handlers have one id
   * @throws {InvalidHandlerError} when a decorated method cannot be used
   */
  explore(): void {
    if (this.explored) {
      return;
    }
    this.explored = true;
    // One object can be provided under several tokens, by factories as well as by aliases.
    const seen = new Set<unknown>();
    for (const wrapper of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      if (wrapper.isAlias || (isShared(wrapper) && seen.has(wrapper.instance))) {
        continue;
      }
      seen.add(wrapper.instance);
      this.register(wrapper);
    }
  }

  private register(wrapper: InstanceWrapper): void {
    const prototype = prototypeOf(wrapper);
    const methods = prototype ? this.metadata.methodsOf(prototype) : [];
    if (!prototype || methods.length === 0) {
      return;
    }
    const origin = originOf(prototype, wrapper);
    const source = instanceSourceOf(wrapper);
    for (const method of methods) {
      for (const definition of definitionsOf(origin.className, method)) {
        this.claimId(definition.id, origin);
        this.registry.add(bind(definition, method, source));
      }
    }
  }

  private claimId(id: string, origin: Origin): void {
    const other = this.origins.get(id);
    if (other) {
      throw duplicateHandler(id, describeClash(other, origin));
    }
    this.origins.set(id, origin);
  }
}

function originOf(prototype: object, wrapper: InstanceWrapper): Origin {
  const type: unknown = prototype.constructor;
  return {
    type,
    className: typeof type === 'function' ? type.name : '',
    moduleName: wrapper.host?.name ?? 'an unknown module',
  };
}

function bind(definition: HandlerDefinition, { key }: DeclaredMethod, source: InstanceSource): RegisteredHandler {
  return {
    ...definition,
    invoke: async (event, context) => {
      const instance = await source(context.record);
      // Looked up at each call, so that what spies and tracers put in its place is called.
      const method: unknown = Reflect.get(instance, key);
      if (typeof method !== 'function') {
        throw new InvalidHandlerError(definition.id, 'the object that was provided does not have the method.');
      }
      return Reflect.apply(method, instance, [event, context]) as unknown;
    },
  };
}

function describeClash(one: Origin, other: Origin): string {
  if (one.type !== other.type) {
    return `They are in ${one.className} (${one.moduleName}) and in ${other.className} (${other.moduleName}).`;
  }
  if (one.moduleName === other.moduleName) {
    return `${one.className} exists twice in ${one.moduleName}: to give it another token, use useExisting.`;
  }
  const places = `${one.moduleName} and ${other.moduleName}`;
  return `${one.className} is provided by both ${places}: provide it in one of them, and import that one.`;
}

function duplicateHandler(id: string, detail: string): DuplicateHandlerError {
  const error = new DuplicateHandlerError(id);
  error.message += ` ${detail}`;
  // The stack begins with the message as it was.
  Error.captureStackTrace(error, duplicateHandler);
  return error;
}
