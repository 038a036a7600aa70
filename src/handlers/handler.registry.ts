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

  /** The handlers of an event of this kind, in the order they were found in. */
  handlersFor(kind: string): readonly RegisteredHandler[] {
    const known = this.remembered.get(kind);
    if (known) {
      return known;
    }
    const found = [...this.handlers.values()].filter(({ patterns }) => patterns.some((p) => matchesPattern(p, kind)));
    if (this.remembered.size >= MAX_REMEMBERED) {
      this.remembered.clear();
    }
    this.remembered.set(kind, Object.freeze(found));
    return found;
  }

  /** Whether any handler is there for an event of this kind. */
  has(kind: string): boolean {
    return this.handlersFor(kind).length > 0;
  }

  /** Whether any handler has a transaction of its own. */
  hasTransactional(): boolean {
    return [...this.handlers.values()].some(({ transactional }) => transactional);
  }

  /** The ids of all handlers. */
  ids(): readonly string[] {
    return [...this.handlers.keys()];
  }

  /** Everything some handler asks for, each pattern once. */
  patterns(): readonly string[] {
    return [...new Set([...this.handlers.values()].flatMap(({ patterns }) => patterns))];
  }
}
