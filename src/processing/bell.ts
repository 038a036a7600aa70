import { sleep } from '../common';

/** Lets one loop wait for a ring, and hears those as well that came while it was busy. */
export class Bell {
  private rung = false;
  private wake: () => void = () => undefined;

  /** Ends the wait that is under way, or else the next one. */
  ring(): void {
    this.rung = true;
    this.wake();
  }

  /** Forgets the rings of before: whoever looks for work now finds what they were about. */
  answer(): void {
    this.rung = false;
  }

  /** Resolves at the first ring since the last answer, or after `ms` milliseconds. */
  async heard(ms: number): Promise<void> {
    const waiting = new AbortController();
    this.wake = () => {
      // With a reason, since without one an exception is made for it.
      waiting.abort('rung');
    };
    if (!this.rung) {
      await sleep(ms, waiting.signal);
    }
  }
}
