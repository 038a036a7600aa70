import { Injectable } from '@nestjs/common';

/** What one `@OnStripeEvent()` says. Not yet checked: it is read from code that may not have been compiled. */
export interface HandlerDeclaration {
  readonly patterns: readonly unknown[];
  readonly id?: string;
  readonly transactional?: boolean;
  readonly maxAttempts?: number;
  readonly timeoutMs?: number;
  readonly endpoint?: string;
}

/** A decorated method, with its decorators in the order they are written in. */
export interface DeclaredMethod {
  readonly key: string | symbol;
  readonly declarations: readonly HandlerDeclaration[];
}

type DeclaredMethods = Map<string | symbol, HandlerDeclaration[]>;

const HANDLERS_METADATA = 'stripe-events:handlers';

/** Notes a declaration on the prototype: the function may be replaced by a wrapper, by the decorators of others. */
export function declareHandler(prototype: object, key: string | symbol, declaration: HandlerDeclaration): void {
  const methods = ownMethods(prototype) ?? new Map<string | symbol, HandlerDeclaration[]>();
  // Decorators are applied from the bottom up.
  methods.set(key, [declaration, ...(methods.get(key) ?? [])]);
  Reflect.defineMetadata(HANDLERS_METADATA, methods, prototype);
}

/** Reads what `@OnStripeEvent()` noted, and nothing else. */
@Injectable()
export class HandlerMetadataAccessor {
  /**
   * The decorated methods of the instances of a prototype, inherited ones included. A method that overrides a decorated
   * one stays a handler; if it is decorated itself, its own decorators replace the inherited ones.
   */
  methodsOf(prototype: object): DeclaredMethod[] {
    const found: DeclaredMethods = new Map();
    for (let level: object | null = prototype; level !== null; level = Reflect.getPrototypeOf(level)) {
      for (const [key, declarations] of ownMethods(level) ?? []) {
        if (!found.has(key)) {
          found.set(key, declarations);
        }
      }
    }
    return [...found].map(([key, declarations]) => ({ key, declarations }));
  }
}

function ownMethods(prototype: object): DeclaredMethods | undefined {
  return Reflect.getOwnMetadata(HANDLERS_METADATA, prototype) as DeclaredMethods | undefined;
}
