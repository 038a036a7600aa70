/** So many may be at work at once; the others wait for their turn, first come, first served. */
export class Places {
  private readonly waiting = new Set<() => void>();

  constructor(private free: number) {}

  /**
   * Does the work when there is a place for it.
   *
   * @param signal aborted when the turn is not wanted any more: while it is waited for, that rejects with the reason
   */
  async within<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.enter(signal);
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  private async enter(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.free > 0) {
      this.free -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const called = (): void => {
        signal?.removeEventListener('abort', unwanted);
        resolve();
      };
      const unwanted = (): void => {
        this.waiting.delete(called);
        reject(signal?.reason as Error);
      };
      this.waiting.add(called);
      signal?.addEventListener('abort', unwanted, { once: true });
    });
  }

  /** The place goes straight to who has waited longest, so that nobody comes in between. */
  private leave(): void {
    const [next] = this.waiting;
    if (next === undefined) {
      this.free += 1;
      return;
    }
    this.waiting.delete(next);
    next();
  }
}
