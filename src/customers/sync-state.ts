import type { PageCursor } from './customer-source';

/** The kind of the runs that sync customers. */
export const CUSTOMER_RUNS = 'customers';

/** How far a sync of all customers is; the checkpoint of its run. */
export interface SyncState {
  /** When the first page was asked for, by Stripe's clock, in epoch milliseconds. */
  readonly startedAt: number | null;
  /** The mode of the account's customers; null while none was seen. */
  readonly livemode: boolean | null;
  /** The last customer of the latest page. */
  readonly after: PageCursor | null;
  /** Whether the list has come to its end. */
  readonly isListed: boolean;
  /** Those that are still to be fetched, of a run that was asked for some by their ids; null for all customers. */
  readonly ids: readonly string[] | null;
  /** The row up to which those were looked at that were not in the list. */
  readonly checkedTo: string;
}

const BEGINNING: SyncState = {
  ids: null,
  startedAt: null,
  livemode: null,
  after: null,
  isListed: false,
  checkedTo: '',
};

/** Reads a checkpoint; the beginning where there is none. */
export function readSyncState(checkpoint: string | null): SyncState {
  return checkpoint === null ? BEGINNING : { ...BEGINNING, ...(JSON.parse(checkpoint) as Partial<SyncState>) };
}

/** Where a run begins that fetches some customers by their ids. */
export function idsCheckpoint(ids: readonly string[]): string {
  return JSON.stringify({ ids } satisfies Partial<SyncState>);
}
