/**
 * Tells work to end, once, and why. Stands for an `AbortController`, whose signal is made only where one is asked for:
 * each signal costs an event target, and the collector more than the rest of an event.
 */
export class Stop {
  private listeners: Set<() => void> | undefined;
  private controller: AbortController | undefined;
  private why: Error | undefined;

  get aborted(): boolean {
    return this.why !== undefined;
  }

  /** Why the work is to end. */
  get reason(): Error | undefined {
    return this.why;
  }

  /** The same for whoever needs a signal. */
  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.why !== undefined) {
      this.controller.abort(this.why);
    }
    return this.controller.signal;
  }

  /** The first reason counts. */
  abort(reason: Error): void {
    if (this.why !== undefined) {
      return;
    }
    this.why = reason;
    this.controller?.abort(reason);
    const listeners = this.listeners ?? [];
    this.listeners = undefined;
    listeners.forEach((listener) => {
      listener();
    });
  }

  /** Calls the listener when the work is to end: at once, if it is already. Returns what takes it back. */
  onAbort(listener: () => void): () => void {
    if (this.why !== undefined) {
      listener();
      return () => undefined;
    }
    this.listeners ??= new Set();
    this.listeners.add(listener);
    return () => {
      this.listeners?.delete(listener);
    };
  }
}
