import type { SyncRunEntity, SyncRunKind } from './sync-run.entity';

/** How far a run is: all of them counts since its start, over all processes that have worked on it. */
export interface SyncProgress {
  /** How many objects it is through with. */
  readonly done: number;
  /** How many there are; null where that is not known. */
  readonly total: number | null;
  /** How many were new here. */
  readonly added: number;
  /** How many were known here already. */
  readonly known: number;
  /** How many could not be taken. */
  readonly failed: number;
}

/** What a job has done, and from where another process would go on. */
export interface SyncCheckpoint extends SyncProgress {
  /** In words of the job's own. */
  readonly checkpoint: string | null;
  /** Up to when everything has been fetched; as it was where it is not given. */
  readonly coveredUntil?: Date | null;
}

/** A run that this process works on, and holds the lease of. */
export interface RunInHand {
  /** As it is stored; `done`, `checkpoint` and the others are what the job saved last, in whichever process. */
  readonly run: SyncRunEntity;
  /** Aborted when the run is cancelled, lost to another process, or the application stops: the job ends then. */
  readonly signal: AbortSignal;
  /**
   * Records what is done. Do it after the work, at least every few seconds' worth of it: what comes after the latest
   * checkpoint is done again after a crash.
   *
   * @throws the signal's reason when the run is not this process's any more; nothing is recorded then
   */
  save(checkpoint: SyncCheckpoint): Promise<void>;
}

/** What is done in the runs of a kind. */
export interface SyncJob {
  readonly kind: SyncRunKind;
  /** Goes on from `run.checkpoint` to the end. Rejects when it cannot, which ends the run as failed. */
  work(hand: RunInHand): Promise<void>;
}
