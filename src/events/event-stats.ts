import type { EventStatus } from './event-status';

/** How many events have each status. */
export type StatusCounts = Record<EventStatus, number>;

/** What became of the events that were received in a stretch of time. */
export interface TimeBucket extends StatusCounts {
  /** When the stretch begins. */
  readonly from: Date;
}

/** How many events are of a type. */
export interface KindCount {
  readonly kind: string;
  readonly count: number;
}

/** How one handler does. */
export interface HandlerStats {
  readonly handler: string;
  /** Events it was called for. */
  readonly runs: number;
  /** How often it was called for them; more than `runs` where it was called again. */
  readonly attempts: number;
  /** Events whose latest call failed: to be tried again, or given up. */
  readonly failures: number;
  /** Median duration of a call in milliseconds; null when none of its calls is among the latest that are looked at. */
  readonly p50Ms: number | null;
  /** The duration that 95 of 100 calls keep below, in milliseconds. */
  readonly p95Ms: number | null;
}

/** How the ledger does: what was received in a window of time, and how it was handled. */
export interface EventStats {
  /** When what is counted begins: with the window, or later where the window has more than 50,000 events. */
  readonly from: Date;
  readonly to: Date;
  /** Whether the whole window is counted. */
  readonly complete: boolean;
  readonly byStatus: StatusCounts;
  /** The 50 most frequent types. */
  readonly byKind: readonly KindCount[];
  /** Events of all other types. */
  readonly otherKinds: number;
  /** How long each stretch of `overTime` is, in milliseconds. */
  readonly bucketMs: number;
  /** At most 120 stretches, without gaps. */
  readonly overTime: readonly TimeBucket[];
  /** How long the event has been due that has waited longest, whenever it was received; null when none is due. */
  readonly oldestDueAgeMs: number | null;
  /** Of the runs that ended since `from`, the latest 50,000 at most; handlers in alphabetical order. */
  readonly handlers: readonly HandlerStats[];
}
