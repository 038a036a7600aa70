import { setMaxListeners } from 'node:events';
import type { SyncCheckpoint, RunInHand } from './sync-job';
import type { SyncRunEntity } from './sync-run.entity';
import type { SyncRunStore } from './sync-run.store';

/** A run that this process has taken: keeps its lease while the job works, and notices when it is gone. */
export class HeldRun implements RunInHand {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private renewal: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: SyncRunStore,
    readonly run: SyncRunEntity,
    private readonly limits: { readonly leaseMs: number; readonly lost: () => Error },
  ) {
    // A job may do many things at a time, each of which ends with the run.
    setMaxListeners(0, this.controller.signal);
    const renewEveryMs = Math.max(1, Math.floor(limits.leaseMs / 3));
    this.timer = setInterval(() => {
      this.renewal = this.renewal.then(() => this.renew());
    }, renewEveryMs).unref();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  async save(checkpoint: SyncCheckpoint): Promise<void> {
    this.signal.throwIfAborted();
    if (!(await this.store.save(this.run, checkpoint))) {
      this.abort(this.limits.lost());
    }
    this.signal.throwIfAborted();
    Object.assign(this.run, checkpoint);
  }

  abort(reason: Error): void {
    this.controller.abort(reason);
  }

  /** No more renewals; one that is under way has ended. */
  async letGo(): Promise<void> {
    clearInterval(this.timer);
    await this.renewal;
  }

  /** A database that does not answer is no loss yet: the next renewal, or the next checkpoint, will say. */
  private async renew(): Promise<void> {
    const held = await this.store.renew(this.run).catch(() => true);
    if (!held) {
      this.abort(this.limits.lost());
    }
  }
}
