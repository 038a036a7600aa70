/** How a {@link Coalescer} forms its batches. */
export interface CoalescerLimits<Item> {
  /** Most items in one batch. */
  readonly maxBatch: number;
  /** Most batches under way at the same time. */
  readonly maxConcurrent: number;
  /** How many items have to wait for a further batch beside those under way, unless the last one is slow. @default maxBatch */
  readonly worthBatch?: number;
  /** After how many milliseconds a batch under way is slow, so that another one does not wait for it. @default never */
  readonly slowAfterMs?: number;
  /** Most items waiting for their batch; one more is refused. */
  readonly maxWaiting: number;
  /** What an item weighs, e.g. its bytes. */
  readonly weigh: (item: Item) => number;
  /** Most weight in one batch; an item that weighs more travels alone. */
  readonly maxWeight: number;
  /** Whether this failure may be one item's fault: then the batch is halved until that item is alone. */
  readonly isolates: (error: unknown) => boolean;
  /** Whether an item that finds nothing under way takes along those that are about to be submitted. @default false */
  readonly startsTogether?: boolean;
  /** Whether nobody waits for this item any more: it comes after the others, and gives way when the queue is full. */
  readonly overdue?: (item: Item) => boolean;
}

/** Handles a batch: one result for each item, in the items' order. */
export type BatchWork<Item, Result> = (items: readonly Item[]) => Promise<readonly Result[]>;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Turns many small pieces of work into few batches without ever waiting for a timer: an item that finds nothing under
 * way starts at once, and the items that arrive behind a batch share the next one.
 */
export class Coalescer<Item, Result> {
  private readonly queue: Waiting<Item, Result>[] = [];
  private active = 0;
  private startedAtMs = 0;
  private starting = false;

  constructor(
    private readonly work: BatchWork<Item, Result>,
    private readonly limits: CoalescerLimits<Item>,
  ) {}

  /** True when one more item would be refused. */
  get saturated(): boolean {
    return this.isFull() && !this.queue.some((waiting) => this.isOverdue(waiting));
  }

  /** Resolves with this item's own result. Ask `saturated` first: the queue itself has no bound. */
  submit(item: Item): Promise<Result> {
    if (this.isFull()) {
      this.dropOverdue();
    }
    return new Promise((resolve, reject) => {
      this.queue.push({ item, resolve, reject });
      if (this.limits.startsTogether === true) {
        this.startSoon();
      } else {
        this.start();
      }
    });
  }

  private startSoon(): void {
    if (!this.starting) {
      this.starting = true;
      void Promise.resolve().then(() => {
        this.starting = false;
        this.start();
      });
    }
  }

  private start(): void {
    while (this.queue.length > 0 && this.mayStart()) {
      void this.run(this.takeBatch());
    }
  }

  /** Two small batches cost more than a larger one a little later. */
  private mayStart(): boolean {
    const { maxBatch, worthBatch = maxBatch, maxConcurrent, slowAfterMs = Number.POSITIVE_INFINITY } = this.limits;
    if (this.active === 0 || this.active >= maxConcurrent) {
      return this.active === 0;
    }
    return this.queue.length >= worthBatch || performance.now() - this.startedAtMs > slowAfterMs;
  }

  private isFull(): boolean {
    return this.queue.length >= this.limits.maxWaiting;
  }

  private isOverdue({ item }: Waiting<Item, Result>): boolean {
    return this.limits.overdue?.(item) === true;
  }

  private dropOverdue(): void {
    const index = this.queue.findIndex((waiting) => this.isOverdue(waiting));
    const dropped = index < 0 ? [] : this.queue.splice(index, 1);
    dropped.forEach(({ reject }) => {
      reject(new Error('Nobody waited for it any more, and others did.'));
    });
  }

  /**
   * The longest waiting that somebody still waits for; the overdue, which the order of arrival has put before them, only
   * when there are no others. Otherwise a queue that is once too long would be overdue from then on, all of it.
   */
  private takeBatch(): Waiting<Item, Result>[] {
    const first = Math.max(
      0,
      this.queue.findIndex((waiting) => !this.isOverdue(waiting)),
    );
    let weight = 0;
    let size = 0;
    for (const { item } of this.queue.slice(first)) {
      weight += this.limits.weigh(item);
      if (size > 0 && (size === this.limits.maxBatch || weight > this.limits.maxWeight)) {
        break;
      }
      size += 1;
    }
    return this.queue.splice(first, size);
  }

  private async run(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    this.active += 1;
    this.startedAtMs = performance.now();
    try {
      await this.settle(batch);
    } finally {
      this.active -= 1;
      this.start();
    }
  }

  private async settle(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.work(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => {
        resolve(results[index] as Result);
      });
    } catch (error) {
      if (batch.length > 1 && this.limits.isolates(error)) {
        const middle = Math.ceil(batch.length / 2);
        await this.settle(batch.slice(0, middle));
        await this.settle(batch.slice(middle));
        return;
      }
      batch.forEach(({ reject }) => {
        reject(error);
      });
    }
  }
}
