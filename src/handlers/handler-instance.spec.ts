import { Controller, Inject, Injectable, Module, type ModuleMetadata, Scope } from '@nestjs/common';
import { ContextIdFactory, DiscoveryModule, REQUEST } from '@nestjs/core';
import { Test, type TestingModule } from '@nestjs/testing';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { InvalidHandlerError } from '../errors';
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

@Injectable()
class Ledger {
  readonly entries: unknown[] = [];
}

let started: TestingModule | undefined;

async function start(metadata: ModuleMetadata): Promise<HandlerRegistry> {
  const imports = [HandlersModule, ...(metadata.imports ?? [])];
  const module = await Test.createTestingModule({ ...metadata, imports }).compile();
  // Only what came up has to be closed.
  started = await module.init();
  return started.get(HandlerRegistry);
}

async function run(registry: HandlerRegistry, kind: string): Promise<unknown[]> {
  return Promise.all(registry.handlersFor(kind).map((handler) => handler.invoke({}, CONTEXT)));
}

afterEach(async () => {
  await started?.close();
  started = undefined;
});

describe('a handler whose provider is not shared', () => {
  let made = 0;

  @Injectable({ scope: Scope.REQUEST })
  class Tenant {
    readonly number = (made += 1);

    constructor(@Inject(REQUEST) readonly request: unknown) {}
  }

  /** Request-scoped by what it depends on. */
  @Injectable()
  class ForTenant {
    constructor(private readonly tenant: Tenant) {}

    @OnStripeEvent('plan.created')
    onPlan(): unknown[] {
      return [this.tenant.number, this.tenant.request];
    }
  }

  afterEach(() => {
    made = 0;
    // Nest offers no way to take a strategy back.
    (ContextIdFactory as unknown as { strategy?: unknown }).strategy = undefined;
  });

  it('makes a request-scoped provider for each call, with the event record as its request', async () => {
    const registry = await start({ providers: [ForTenant, Tenant] });

    expect(await run(registry, 'plan.created')).toEqual([[1, RECORD]]);
    expect(await run(registry, 'plan.created')).toEqual([[2, RECORD]]);
    expect(made).toBe(2);
  });

  it('keeps concurrent calls apart', async () => {
    const registry = await start({ providers: [ForTenant, Tenant] });
    const [handler] = registry.handlersFor('plan.created');
    const records = Array.from({ length: 20 }, (_, id) => ({ id }));

    const results = await Promise.all(
      records.map((record) => handler!.invoke({}, { record } as unknown as StripeHandlerContext)),
    );

    expect(results.map((result) => (result as unknown[])[1])).toEqual(records);
    expect(new Set(results.map((result) => (result as unknown[])[0])).size).toBe(20);
  });

  it('makes a request-scoped controller for each call', async () => {
    @Controller({ scope: Scope.REQUEST })
    class Hooks {
      constructor(
        @Inject(REQUEST) private readonly request: unknown,
        private readonly tenant: Tenant,
      ) {}

      @OnStripeEvent('plan.created')
      onPlan(): unknown[] {
        return [this.request, this.tenant.number];
      }
    }

    const registry = await start({ controllers: [Hooks], providers: [Tenant] });

    expect(await run(registry, 'plan.created')).toEqual([[RECORD, 1]]);
    expect(await run(registry, 'plan.created')).toEqual([[RECORD, 2]]);
  });

  it('makes a transient provider for each call', async () => {
    @Injectable({ scope: Scope.TRANSIENT })
    class Counter {
      private count = 0;

      constructor(private readonly ledger: Ledger) {}

      @OnStripeEvent('plan.created')
      onPlan(): unknown[] {
        this.count += 1;
        return [this.count, this.ledger.entries];
      }
    }

    const registry = await start({ providers: [Counter, Ledger] });

    expect(registry.ids()).toEqual(['Counter.onPlan']);
    expect(await run(registry, 'plan.created')).toEqual([[1, []]]);
    expect(await run(registry, 'plan.created')).toEqual([[1, []]]);
  });

  it('makes a durable provider for each call, and does not trouble the strategy for requests with it', async () => {
    const attach = jest.fn(() => () => ({ id: 1 }));
    ContextIdFactory.apply({ attach });

    @Injectable({ scope: Scope.REQUEST, durable: true })
    class Durable {
      constructor(@Inject(REQUEST) private readonly request: unknown) {}

      @OnStripeEvent('plan.created')
      onPlan(): unknown {
        return this.request;
      }
    }

    const registry = await start({ providers: [Durable] });

    expect(await run(registry, 'plan.created')).toEqual([RECORD]);
    expect(attach).not.toHaveBeenCalled();
  });

  it('makes what a request-scoped factory is known to make by its token', async () => {
    class Made {
      constructor(private readonly tenant: Tenant) {}

      @OnStripeEvent('plan.created')
      onPlan(): unknown {
        return this.tenant.request;
      }
    }

    const registry = await start({
      providers: [Tenant, { provide: Made, inject: [Tenant], useFactory: (tenant: Tenant) => new Made(tenant) }],
    });

    expect(await run(registry, 'plan.created')).toEqual([RECORD]);
  });

  it('says so when such a factory makes something else', async () => {
    class Made {
      @OnStripeEvent('plan.created')
      onPlan(): void {}
    }

    const registry = await start({
      providers: [{ provide: Made, scope: Scope.REQUEST, useFactory: () => ({}) }],
    });

    await expect(run(registry, 'plan.created')).rejects.toThrow(InvalidHandlerError);
  });

  it('resolves in the module of the provider, where others have the same token', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class One {
      @OnStripeEvent('plan.created')
      onPlan(): string {
        return 'one';
      }
    }
    @Injectable({ scope: Scope.REQUEST })
    class Other {
      @OnStripeEvent('plan.created')
      onPlan(): string {
        return 'other';
      }
    }
    @Module({ providers: [{ provide: 'HANDLERS', useClass: One }] })
    class OneModule {}
    @Module({ providers: [{ provide: 'HANDLERS', useClass: Other }] })
    class OtherModule {}

    const registry = await start({ imports: [OneModule, OtherModule] });

    expect((await run(registry, 'plan.created')).sort()).toEqual(['one', 'other']);
  });

  it('rejects with why the provider could not be made', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class Broken {
      constructor() {
        throw new RangeError('no tenant');
      }

      @OnStripeEvent('plan.created')
      onPlan(): void {}
    }

    const registry = await start({ providers: [Broken] });

    await expect(run(registry, 'plan.created')).rejects.toThrow('no tenant');
  });
});
