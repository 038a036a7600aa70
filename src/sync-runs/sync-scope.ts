import { createHash } from 'node:crypto';
import type { SyncRunKind } from './sync-run.entity';

/** What a run is about. There is at most one running at a time for each. */
export interface SyncScope {
  readonly kind: SyncRunKind;
  /** The trust domain. */
  readonly endpoint: string;
  /** The connected account; null for one's own. */
  readonly account: string | null;
}

/** A run that is asked for. */
export interface SyncRequest extends SyncScope {
  /** From when on to fetch; the kind says what it is where it is not given. */
  readonly since?: Date | null;
  /** Whether it may run beside others of its scope. @default false */
  readonly beside?: boolean;
  /** Where to begin, in words of the kind's own. */
  readonly checkpoint?: string | null;
}

/** A scope as a text of 64 characters: accounts may be longer than an index takes. */
export function scopeKey({ kind, endpoint, account }: SyncScope): string {
  return createHash('sha256')
    .update(JSON.stringify([kind, endpoint, account]))
    .digest('hex');
}
