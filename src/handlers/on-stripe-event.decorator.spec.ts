import { describe, expect, it } from '@jest/globals';
import { InvalidHandlerError } from '../errors';
import { HandlerMetadataAccessor, type DeclaredMethod } from './handler-metadata.accessor';
import { OnStripeEvent } from './on-stripe-event.decorator';

function methodsOf(type: { prototype: object }): DeclaredMethod[] {
  return new HandlerMetadataAccessor().methodsOf(type.prototype);
}

/** Another library's decorator: puts a function of its own in the method's place. */
function Wrapped(_target: object, _key: string, descriptor: PropertyDescriptor): PropertyDescriptor {
  const original = descriptor.value as (...args: unknown[]) => unknown;
  return { ...descriptor, value: (...args: unknown[]) => original(...args) };
}

class Base {
  @OnStripeEvent('invoice.paid', { id: 'base' })
  onPaid(): void {}

  @OnStripeEvent('plan.created')
  onPlan(): void {}
}

const HIDDEN = Symbol('hidden');

describe('@OnStripeEvent()', () => {
  it('notes patterns and options, in the order they are written in', () => {
    class Several {
      @OnStripeEvent('invoice.paid', { timeoutMs: 5 })
      @OnStripeEvent(['plan.created', 'plan.updated'], { id: 'plans' })
      both(): void {}

      @OnStripeEvent('*')
      [HIDDEN](): void {}

      plain(): void {}
    }

    expect(methodsOf(Several)).toEqual([
      {
        key: 'both',
        declarations: [
          { patterns: ['invoice.paid'], timeoutMs: 5 },
          { patterns: ['plan.created', 'plan.updated'], id: 'plans' },
        ],
      },
      { key: HIDDEN, declarations: [{ patterns: ['*'] }] },
    ]);
  });

  it('is not lost when another decorator replaces the method', () => {
    class Outside {
      @Wrapped
      @OnStripeEvent('invoice.paid')
      onPaid(): void {}
    }

    expect(methodsOf(Outside)).toHaveLength(1);
  });

  it('is inherited, also by a method that overrides', () => {
    class Derived extends Base {
      override onPaid(): void {}
    }

    expect(methodsOf(Derived).map(({ key }) => key)).toEqual(['onPaid', 'onPlan']);
  });

  it('replaces what it inherits, and leaves the base class as it was', () => {
    class Derived extends Base {
      @OnStripeEvent('invoice.voided')
      override onPaid(): void {}
    }

    expect(methodsOf(Derived)).toContainEqual({ key: 'onPaid', declarations: [{ patterns: ['invoice.voided'] }] });
    expect(methodsOf(Base)).toContainEqual({
      key: 'onPaid',
      declarations: [{ patterns: ['invoice.paid'], id: 'base' }],
    });
  });

  it('refuses what is not a method of instances', () => {
    const decorate = OnStripeEvent('invoice.paid') as (target: object, key: string, descriptor?: object) => void;

    expect(() => decorate(Base, 'make', { value: () => undefined })).toThrow(
      new InvalidHandlerError('Base.make', 'it is static. Decorate a method of instances.'),
    );
    expect(() => decorate(Base.prototype, 'field')).toThrow(
      'The handler Base.field cannot be used: it is not a method.',
    );
    expect(() => decorate(Base.prototype, 'accessor', { get: () => 1 })).toThrow('it is not a method.');
  });
});
