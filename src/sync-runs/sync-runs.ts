import { Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { describeError, sleep } from '../common';
import {
  ShutdownError,
  SyncRunCancelledError,
  SyncRunFailedError,
  SyncRunLostError,
  SyncRunNotFoundError,
} from '../errors';
import { HeldRun } from './held-run';
import type { SyncJob, SyncProgress } from './sync-job';
import type { SyncRunEntity, SyncRunKind } from './sync-run.entity';
import type { SyncRunFilter, SyncRunStore } from './sync-run.store';
import type { SyncRequest } from './sync-scope';

/** How runs are kept going. */
export interface SyncRunLimits {
  /** How long the process that works on a run may be silent before another takes it over, in milliseconds. */
  readonly leaseMs: number;
  /** How often whoever waits for a run of another process looks at it, in milliseconds. */
  readonly followEveryMs: number;
  /** How often runs are looked for whose process is gone, in milliseconds; null where this process resumes none. */
  readonly resumeEveryMs: number | null;
}

/** How a caller follows a run. */
export interface SyncRunOptions {
  /** Aborted, it cancels the run. What is done stays done. */
  readonly signal?: AbortSignal;
  /** Called as the run goes on, in whichever process. */
  readonly onProgress?: (progress: SyncProgress) => void;
}

/**
 * Runs that fetch much from Stripe: one at a time for each scope, in one process of all, resumed by another one from the
 * latest checkpoint when that process dies, and cancelled from anywhere.
 */
export class SyncRuns implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('StripeEvents');
  private readonly jobs = new Map<SyncRunKind, SyncJob>();
  private readonly inHand = new Map<string, { held: HeldRun; ended: Promise<void> }>();
  private readonly stopping = new AbortController();
  private resuming: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: SyncRunStore,
    private readonly limits: SyncRunLimits,
  ) {}

  /** Says what is done in the runs of a kind. Before the application has started. */
  register(job: SyncJob): void {
    this.jobs.set(job.kind, job);
  }

  onApplicationBootstrap(): void {
    const { resumeEveryMs } = this.limits;
    if (resumeEveryMs !== null && this.jobs.size > 0) {
      this.resuming = this.resumeForEver(resumeEveryMs);
    }
  }

  /** Before the data source closes. Runs are given back, and another process goes on with them. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort(new ShutdownError());
    for (const { held } of this.inHand.values()) {
      held.abort(new ShutdownError());
    }
    await Promise.all([this.resuming, ...[...this.inHand.values()].map(({ ended }) => ended)]);
  }

  /** Starts a run, or joins the one of its scope that is running, and does not wait for its end. */
  async begin(request: SyncRequest): Promise<SyncRunEntity> {
    const { run } = await this.store.start(request);
    await this.resume(run.id);
    return run;
  }

  /**
   * Starts a run, or joins the one of its scope that is running, and waits for its end, whichever process works on it.
   *
   * @throws {SyncRunCancelledError} when it was cancelled, by the signal or from elsewhere
   * @throws {SyncRunFailedError} when it failed; the run says why
   * @throws {ShutdownError} when the application stops; the run goes on in another process, or at the next start
   */
  async run(request: SyncRequest, options: SyncRunOptions = {}): Promise<SyncRunEntity> {
    const { run } = await this.store.start(request);
    return this.follow(run.id, options);
  }

  /** Ends a running run in whichever process. Returns the run as it is then; one that has ended stays as it is. */
  async cancel(id: string): Promise<SyncRunEntity> {
    if (await this.store.cancel(id)) {
      this.inHand.get(id)?.held.abort(new SyncRunCancelledError(id));
    }
    return this.find(id);
  }

  /** @throws {SyncRunNotFoundError} when there is no such run, or not any more */
  async find(id: string): Promise<SyncRunEntity> {
    const run = await this.store.find(id);
    if (run === null) {
      throw new SyncRunNotFoundError();
    }
    return run;
  }

  /** The latest runs, newest first. */
  list(filter?: SyncRunFilter): Promise<SyncRunEntity[]> {
    return this.store.list(filter);
  }

  private async follow(id: string, { signal, onProgress }: SyncRunOptions): Promise<SyncRunEntity> {
    for (let reported = -1; ;) {
      if (signal?.aborted === true) {
        await this.cancel(id);
      }
      await this.resume(id);
      const run = await this.find(id);
      if (run.done !== reported) {
        reported = run.done;
        onProgress?.(run);
      }
      if (run.ended) {
        return outcomeOf(run);
      }
      this.stopping.signal.throwIfAborted();
      await this.pause(id, signal);
    }
  }

  /** Until the run may have changed: it ended here, its time to look has come, or somebody wants it to stop. */
  private async pause(id: string, signal: AbortSignal | undefined): Promise<void> {
    const signals = [this.stopping.signal, ...(signal === undefined ? [] : [signal])];
    const ended = new AbortController();
    void this.inHand.get(id)?.ended.then(() => {
      ended.abort();
    });
    await sleep(this.limits.followEveryMs, AbortSignal.any([...signals, ended.signal]));
  }

  private async resumeForEver(everyMs: number): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        for (const id of await this.store.abandoned([...this.jobs.keys()])) {
          await this.resume(id);
        }
      } catch (error) {
        this.logger.error(`Runs that were left behind could not be looked for: ${describeError(error)}`);
      }
      await sleep(everyMs * (0.75 + 0.5 * Math.random()), signal);
    }
  }

  /** Works on a run from here on, unless a living process does. */
  private async resume(id: string): Promise<void> {
    if (this.isStopping() || this.inHand.has(id)) {
      return;
    }
    const run = await this.store.take(id);
    const job = run === null ? undefined : this.jobs.get(run.kind);
    if (run === null) {
      return;
    }
    if (job === undefined) {
      await this.store.release(run);
      return;
    }
    const held = new HeldRun(this.store, run, { leaseMs: this.limits.leaseMs, lost: () => new SyncRunLostError() });
    const ended = this.work(job, held).finally(() => this.inHand.delete(id));
    this.inHand.set(id, { held, ended });
    // The stop may have come while the run was taken.
    if (this.isStopping()) {
      held.abort(new ShutdownError());
    }
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Never rejects: how a run ended is in its row. */
  private async work(job: SyncJob, held: HeldRun): Promise<void> {
    const failure = await job.work(held).then(
      () => null,
      (error: unknown) => ({ error }),
    );
    await held.letGo();
    try {
      await this.conclude(held, failure);
    } catch (error) {
      this.logger.error(`The end of run ${held.run.id} could not be recorded: ${describeError(error)}`);
    }
  }

  private async conclude({ run, signal }: HeldRun, failure: { readonly error: unknown } | null): Promise<void> {
    if (failure === null) {
      await this.store.end(run, 'succeeded', null);
      return;
    }
    if (signal.aborted) {
      await this.store.release(run);
      return;
    }
    const error = describeError(failure.error);
    this.logger.error(`The ${run.kind} run ${run.id} failed: ${error}`);
    await this.store.end(run, 'failed', error);
  }
}

function outcomeOf(run: SyncRunEntity): SyncRunEntity {
  if (run.status === 'cancelled') {
    throw new SyncRunCancelledError(run.id);
  }
  if (run.status === 'failed') {
    throw new SyncRunFailedError(run.id, run.error ?? '');
  }
  return run;
}
