import { describe, expect, it } from '@jest/globals';
import { DuplicateHandlerError } from '../errors';
import { HandlerRegistry } from './handler.registry';
import type { RegisteredHandler } from './registered-handler';

function handler(id: string, ...patterns: string[]): RegisteredHandler {
  return { id, patterns, transactional: false, invoke: () => Promise.resolve() };
}

function registryOf(...handlers: RegisteredHandler[]): HandlerRegistry {
  const registry = new HandlerRegistry();
  handlers.forEach((each) => registry.add(each));
  return registry;
}

describe('HandlerRegistry', () => {
  const registry = registryOf(
    handler('all', '*'),
    handler('paid', 'invoice.paid', 'invoice.*'),
    handler('customers', 'customer.*', 'invoice.paid'),
  );
  const idsFor = (kind: string): string[] => registry.handlersFor(kind).map(({ id }) => id);

  it('finds the handlers of a kind, each once, in the order they were added', () => {
    expect(idsFor('invoice.paid')).toEqual(['all', 'paid', 'customers']);
    expect(idsFor('customer.created')).toEqual(['all', 'customers']);
    expect(idsFor('plan.created')).toEqual(['all']);
  });

  it('tells its ids and its patterns', () => {
    expect(registry.ids()).toEqual(['all', 'paid', 'customers']);
    expect(registry.patterns()).toEqual(['*', 'invoice.paid', 'invoice.*', 'customer.*']);
  });

  it('finds those of an account, and those of all of them, where the account of the event is said', () => {
    const some = registryOf({ ...handler('eu', 'invoice.paid'), endpoint: 'eu' }, handler('all', '*'));
    const of = (endpoint?: string): string[] => some.handlersFor('invoice.paid', endpoint).map(({ id }) => id);

    expect([of('eu'), of('us'), of()]).toEqual([['eu', 'all'], ['all'], ['eu', 'all']]);
    expect([some.patterns('eu'), some.patterns('us')]).toEqual([['invoice.paid', '*'], ['*']]);
    expect(some.has('invoice.paid', 'us')).toBe(true);
    expect(registryOf({ ...handler('eu', '*'), endpoint: 'eu' }).has('invoice.paid', 'us')).toBe(false);
  });

  it('knows no handler for kinds that nobody asked for, however they are called', () => {
    const some = registryOf(handler('paid', 'invoice.paid'));

    for (const kind of ['invoice.voided', '__proto__', 'constructor', 'toString', '']) {
      expect(some.handlersFor(kind)).toEqual([]);
      expect(some.has(kind)).toBe(false);
    }
    expect(some.has('invoice.paid')).toBe(true);
  });

  it('refuses a second handler with the same id', () => {
    expect(() => registryOf(handler('same', 'invoice.paid'), handler('same', 'plan.created'))).toThrow(
      DuplicateHandlerError,
    );
  });

  it('hands out the same list for the same kind, which nobody can change', () => {
    const list = registry.handlersFor('invoice.paid');

    expect(registry.handlersFor('invoice.paid')).toBe(list);
    expect(() => (list as RegisteredHandler[]).pop()).toThrow(TypeError);
  });

  it('counts a handler that is added after its kind was asked for', () => {
    const late = registryOf();
    expect(late.handlersFor('invoice.paid')).toEqual([]);
    late.add(handler('late', 'invoice.*'));
    expect(late.handlersFor('invoice.paid')).toHaveLength(1);
  });

  it('does not remember without bound, and forgets no handler by it', () => {
    const list = registry.handlersFor('invoice.paid');
    for (let index = 0; index < 5_000; index += 1) {
      registry.handlersFor(`made.up.${index}`);
    }

    expect(registry.handlersFor('invoice.paid')).not.toBe(list);
    expect(idsFor('invoice.paid')).toEqual(['all', 'paid', 'customers']);
  });
});
