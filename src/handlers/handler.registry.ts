import { Injectable } from '@nestjs/common';
import { DuplicateHandlerError } from '../errors';
import { matchesPattern } from './event-pattern';
import type { RegisteredHandler } from './registered-handler';

/** How many kinds are remembered. Kinds come from outside, so their number has no bound of its own. */
const MAX_REMEMBERED = 1_000;

/** Keeps the application's handlers, and tells which of them an event is for. */
@Injectable()
export class HandlerRegistry {
  private readonly handlers = new Map<string, RegisteredHandler>();
  private readonly remembered = new Map<string, readonly RegisteredHandler[]>();

  /** @throws {DuplicateHandlerError} when another handler has the same id */
  add(handler: RegisteredHandler): void {
    if (this.handlers.has(handler.id)) {
      throw new DuplicateHandlerError(handler.id);
    }
    this.handlers.set(handler.id, handler);
    this.remembered.clear();
  }

  /**
   * The handlers of an event of this kind, in the order they were found in.
   *
   * @param endpoint the event's account; those of all accounts where it is not given
   */
  handlersFor(kind: string, endpoint?: string): readonly RegisteredHandler[] {
    const key = JSON.stringify([kind, endpoint]);
    const known = this.remembered.get(key);
    if (known) {
      return known;
    }
    const found = this.of(endpoint).filter(({ patterns }) => patterns.some((p) => matchesPattern(p, kind)));
    if (this.remembered.size >= MAX_REMEMBERED) {
      this.remembered.clear();
    }
    this.remembered.set(key, Object.freeze(found));
    return found;
  }

  /** Whether any handler is there for an event of this kind. */
  has(kind: string, endpoint?: string): boolean {
    return this.handlersFor(kind, endpoint).length > 0;
  }

  /** All handlers, in the order they were found in. */
  all(): readonly RegisteredHandler[] {
    return [...this.handlers.values()];
  }

  /** Whether any handler has a transaction of its own. */
  hasTransactional(): boolean {
    return [...this.handlers.values()].some(({ transactional }) => transactional);
  }

  /** The ids of all handlers. */
  ids(): readonly string[] {
    return [...this.handlers.keys()];
  }

  /** Everything some handler asks for, of this account or of all of them, each pattern once. */
  patterns(endpoint?: string): readonly string[] {
    return [...new Set(this.of(endpoint).flatMap(({ patterns }) => patterns))];
  }

  private of(account: string | undefined): readonly RegisteredHandler[] {
    return this.all().filter(({ endpoint }) => account === undefined || endpoint === undefined || endpoint === account);
  }
}
