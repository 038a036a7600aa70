import { sleep } from '../common';

/** Counts what is under way, and tells everybody who waits for it when nothing is. */
export class WorkInHand {
  private readonly waiting = new Set<() => void>();
  private number = 0;

  /** How much is under way. */
  get count(): number {
    return this.number;
  }

  begin(number = 1): void {
    this.number += number;
  }

  end(number = 1): void {
    this.number -= number;
    if (this.number === 0) {
      this.waiting.forEach((resume) => {
        resume();
      });
      this.waiting.clear();
    }
  }

  /** Resolves as soon as nothing is under way, or after `ms` milliseconds. */
  async done(ms: number): Promise<void> {
    if (this.number > 0) {
      const nothingLeft = new AbortController();
      const resume = (): void => {
        nothingLeft.abort();
      };
      this.waiting.add(resume);
      await sleep(ms, nothingLeft.signal);
      this.waiting.delete(resume);
    }
  }
}
