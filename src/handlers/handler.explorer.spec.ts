import { Controller, Injectable, Module, type ModuleMetadata } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test, type TestingModule } from '@nestjs/testing';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { DuplicateHandlerError, InvalidHandlerError } from '../errors';
import { HandlerExplorer } from './handler.explorer';
import { HandlerMetadataAccessor } from './handler-metadata.accessor';
import { HandlerRegistry } from './handler.registry';
import { OnStripeEvent } from './on-stripe-event.decorator';
import type { StripeHandlerContext } from './stripe-handler-context';

@Module({
  imports: [DiscoveryModule],
  providers: [HandlerExplorer, HandlerMetadataAccessor, HandlerRegistry],
  exports: [HandlerExplorer, HandlerRegistry],
})
class HandlersModule {}

const RECORD = { id: 'record' };
const CONTEXT = { record: RECORD } as unknown as StripeHandlerContext;
const HIDDEN = Symbol('hidden');

@Injectable()
class Ledger {
  readonly entries: unknown[] = [];
}

@Injectable()
class Billing {
  constructor(private readonly ledger: Ledger) {}

  @OnStripeEvent('invoice.paid')
  onPaid(event: { id: string }, context: StripeHandlerContext): string {
    this.ledger.entries.push([event, context.record]);
    return event.id;
  }

  @OnStripeEvent('invoice.voided', { id: 'hidden', transactional: true })
  [HIDDEN](): void {
    this.ledger.entries.push('hidden');
  }
}

let started: TestingModule | undefined;

async function start(metadata: ModuleMetadata): Promise<HandlerRegistry> {
  const imports = [HandlersModule, ...(metadata.imports ?? [])];
  const module = await Test.createTestingModule({ ...metadata, imports }).compile();
  // Only what came up has to be closed.
  started = await module.init();
  return started.get(HandlerRegistry);
}

async function run(registry: HandlerRegistry, kind: string, event: unknown = { id: 'evt_1' }): Promise<unknown[]> {
  return Promise.all(registry.handlersFor(kind).map((handler) => handler.invoke(event, CONTEXT)));
}

afterEach(async () => {
  await started?.close();
  started = undefined;
});

describe('HandlerExplorer', () => {
  it('finds the handlers of providers and calls them on their instances', async () => {
    const registry = await start({ providers: [Billing, Ledger] });
    const event = { id: 'evt_1' };

    expect(registry.ids()).toEqual(['Billing.onPaid', 'hidden']);
    expect(await run(registry, 'invoice.paid', event)).toEqual(['evt_1']);
    await run(registry, 'invoice.voided');
    expect(started?.get(Ledger).entries).toEqual([[event, RECORD], 'hidden']);
    expect(registry.handlersFor('invoice.voided')[0]?.transactional).toBe(true);
  });

  it('finds the handlers of controllers', async () => {
    @Controller()
    class Hooks {
      @OnStripeEvent('plan.created')
      onPlan(): string {
        return 'plan';
      }
    }

    const registry = await start({ controllers: [Hooks] });

    expect(await run(registry, 'plan.created')).toEqual(['plan']);
  });

  it('searches once, however often it is told to', async () => {
    const registry = await start({ providers: [Billing, Ledger] });

    started?.get(HandlerExplorer).explore();

    expect(registry.ids()).toHaveLength(2);
  });

  it('knows inherited handlers by the name of each class', async () => {
    abstract class Base {
      protected abstract readonly name: string;

      @OnStripeEvent('invoice.paid')
      onPaid(): string {
        return this.name;
      }
    }
    @Injectable()
    class First extends Base {
      protected readonly name = 'first';
    }
    @Injectable()
    class Second extends Base {
      protected readonly name = 'second';
    }

    const registry = await start({ providers: [First, Second] });

    expect(registry.ids()).toEqual(['First.onPaid', 'Second.onPaid']);
    expect(await run(registry, 'invoice.paid')).toEqual(['first', 'second']);
  });

  it('counts an instance once, under however many tokens it is provided', async () => {
    const registry = await start({
      providers: [
        Ledger,
        Billing,
        { provide: 'ALIAS', useExisting: Billing },
        { provide: 'FACTORY', inject: [Billing], useFactory: (billing: Billing) => billing },
      ],
    });

    expect(registry.ids()).toHaveLength(2);
  });

  it('finds the handlers of what factories make and of values', async () => {
    class Made {
      @OnStripeEvent('plan.created')
      onPlan(): string {
        return 'made';
      }
    }
    class Value {
      @OnStripeEvent('plan.created')
      onPlan(): string {
        return 'value';
      }
    }

    const registry = await start({
      providers: [
        { provide: 'MADE', useFactory: async () => Promise.resolve(new Made()) },
        { provide: Value, useValue: new Value() },
        { provide: 'NOTHING', useFactory: () => null },
        { provide: Billing, useFactory: () => undefined },
        { provide: 'TEXT', useValue: 'text' },
        { provide: 'BARE', useValue: Object.create(null) as object },
      ],
    });

    expect(registry.ids()).toEqual(['Made.onPlan', 'Value.onPlan']);
    expect(await run(registry, 'plan.created')).toEqual(['made', 'value']);
  });

  it('rejects with what the handler throws, synchronously or not', async () => {
    class Failing {
      @OnStripeEvent('plan.created')
      now(): void {
        throw new RangeError('now');
      }

      @OnStripeEvent('plan.updated')
      async later(): Promise<void> {
        return Promise.reject(new RangeError('later'));
      }
    }

    const registry = await start({ providers: [Failing] });

    await expect(run(registry, 'plan.created')).rejects.toThrow('now');
    await expect(run(registry, 'plan.updated')).rejects.toThrow('later');
  });

  it('calls what has been put in the place of the method since', async () => {
    const registry = await start({ providers: [Billing, Ledger] });
    const spy = jest.spyOn(started!.get(Billing), 'onPaid').mockReturnValue('spied');

    expect(await run(registry, 'invoice.paid')).toEqual(['spied']);
    expect(spy).toHaveBeenCalledWith({ id: 'evt_1' }, CONTEXT);
  });

  it('leaves handlers out that a test replaces by a stand-in', async () => {
    started = await Test.createTestingModule({ imports: [HandlersModule], providers: [Billing] })
      .overrideProvider(Billing)
      .useValue({})
      .compile();
    await started.init();

    expect(started.get(HandlerRegistry).ids()).toEqual([]);
  });
});

describe('HandlerExplorer, at start', () => {
  async function failure(metadata: ModuleMetadata): Promise<Error> {
    return start(metadata).then(
      () => new Error('It started.'),
      (error: unknown) => error as Error,
    );
  }

  it('refuses two handlers with one id, and says where they are', async () => {
    @Injectable()
    class Access {
      @OnStripeEvent('plan.created', { id: 'Billing.onPaid' })
      onPlan(): void {}
    }
    @Module({ providers: [Access] })
    class AccessModule {}

    const error = await failure({ imports: [AccessModule], providers: [Billing, Ledger] });

    expect(error).toBeInstanceOf(DuplicateHandlerError);
    expect(error).toMatchObject({ code: 'STRIPE_EVENTS_DUPLICATE_HANDLER', handlerId: 'Billing.onPaid' });
    expect(error.message).toMatch(/They are in (Billing|Access) \(\w+\) and in (Billing|Access) \(\w+\)\./);
    expect(error.stack).toContain(error.message);
  });

  it('refuses a class that two modules provide, and says so', async () => {
    @Module({ providers: [Billing, Ledger] })
    class OneModule {}
    @Module({ providers: [Billing, Ledger] })
    class OtherModule {}

    const error = await failure({ imports: [OneModule, OtherModule] });

    expect(error).toBeInstanceOf(DuplicateHandlerError);
    expect(error.message).toContain(
      'Billing is provided by both OneModule and OtherModule: provide it in one of them, and import that one.',
    );
  });

  it('refuses a class that one module provides twice', async () => {
    const error = await failure({ providers: [Ledger, Billing, { provide: 'AGAIN', useClass: Billing }] });

    expect(error.message).toContain(
      'Billing exists twice in RootTestModule: to give it another token, use useExisting.',
    );
  });

  it('refuses a handler that cannot be used', async () => {
    class Nameless {
      @OnStripeEvent('plan.created')
      [HIDDEN](): void {}
    }

    expect(await failure({ providers: [Nameless] })).toBeInstanceOf(InvalidHandlerError);
  });
});
