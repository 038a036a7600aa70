import { noSuch } from './api-error';

/** What a collection holds. */
export interface Item {
  readonly id: string;
  /** Seconds. */
  readonly created: number;
}

/**
 * Objects of one kind in the order of their creation. Those that are generated cost no memory: `make` gives the same for
 * the same index, with an id that ends in the index, and they are older than any that is added.
 */
export class Collection<T extends Item> {
  private generated = 0;
  private make: (index: number) => T = () => {
    throw new Error('Nothing is generated.');
  };
  private readonly added: T[] = [];
  private readonly changed = new Map<string, T>();
  private readonly deleted = new Set<string>();

  constructor(private readonly kind: string) {}

  generate(count: number, make: (index: number) => T): void {
    this.generated = count;
    this.make = make;
  }

  /** Adds one, or takes the place of the one with its id. */
  put(item: T): void {
    if (this.positionOf(item.id) !== null) {
      this.changed.set(item.id, item);
      return;
    }
    const after = this.added.findLastIndex(({ created }) => created <= item.created);
    this.added.splice(after + 1, 0, item);
  }

  delete(id: string): void {
    this.deleted.add(id);
  }

  isDeleted(id: string): boolean {
    return this.deleted.has(id);
  }

  get(id: string): T | undefined {
    const position = this.deleted.has(id) ? null : this.positionOf(id);
    return position === null ? undefined : this.at(position);
  }

  get size(): number {
    return this.generated + this.added.length - this.deleted.size;
  }

  /** From the newest, or from the one that comes after the cursor. */
  *newestFirst(startingAfter?: string): Generator<T> {
    const from = startingAfter === undefined ? this.end : this.cursor(startingAfter, 'starting_after');
    for (let position = from - 1; position >= 0; position--) {
      yield* this.alive(position);
    }
  }

  /** From the one that comes before the cursor, towards the newest. */
  *newerThan(endingBefore: string): Generator<T> {
    for (let position = this.cursor(endingBefore, 'ending_before') + 1; position < this.end; position++) {
      yield* this.alive(position);
    }
  }

  private get end(): number {
    return this.generated + this.added.length;
  }

  private *alive(position: number): Generator<T> {
    const item = this.at(position);
    if (!this.deleted.has(item.id)) {
      yield item;
    }
  }

  private at(position: number): T {
    const item = position < this.generated ? this.make(position) : this.added[position - this.generated]!;
    return this.changed.get(item.id) ?? item;
  }

  private positionOf(id: string): number | null {
    const index = Number(/\d+$/.exec(id)?.[0] ?? -1);
    if (index >= 0 && index < this.generated && this.make(index).id === id) {
      return index;
    }
    const added = this.added.findIndex((item) => item.id === id);
    return added < 0 ? null : this.generated + added;
  }

  /** Whether the API takes what was deleted for a cursor is not documented: this is the harsher of the two. */
  private cursor(id: string, param: string): number {
    const position = this.deleted.has(id) ? null : this.positionOf(id);
    if (position === null) {
      throw noSuch(this.kind, id, param);
    }
    return position;
  }
}
