import { Injectable } from '@nestjs/common';
import { InvalidRequestError } from '../errors';
import { ServedAccounts } from '../events';
import { SyncRuns, type SyncRequest, type SyncRunEntity, type SyncRunOptions } from '../sync-runs';
import type { Beginning } from './catch-up.beginning';

/** Which events to fetch. */
export interface StripeCatchUpRequest {
  /**
   * From when on, by Stripe's time. Where it is not given: from a little before the latest event that was listed; the first
   * time, from when the ledger received its first event.
   */
  readonly since?: Date;
  /** A connected account, `acct_…`, to list the events of instead of one's own. */
  readonly account?: string;
  /** The account of one's own, by its name in `accounts`. @default the only one, or the one called `default` */
  readonly endpoint?: string;
  /** Whether thin events are fetched, which Stripe has in another list, instead of snapshot events. @default false */
  readonly thin?: boolean;
}

/** Which events to fetch, and how to follow it. */
export interface StripeCatchUpOptions extends StripeCatchUpRequest, SyncRunOptions {}

/** What a catch-up came to. */
export interface StripeCatchUpResult {
  /** The id of the run. */
  readonly run: string;
  /** From when on events were listed; null when nothing can have been missed, since nothing was received before. */
  readonly from: Date | null;
  /** How many events Stripe listed. */
  readonly found: number;
  /** How many of them were missing here. */
  readonly added: number;
  /** How many were stored already. */
  readonly known: number;
  /** How many could not be stored; the log names them. */
  readonly failed: number;
  /** When older events were asked for than the 30 days Stripe keeps: the moment before which none can be fetched. */
  readonly outOfReachBefore: Date | null;
}

/** Fetches events that were missed: while the application was down, or its endpoint disabled. */
@Injectable()
export class StripeCatchUpService {
  constructor(
    private readonly runs: SyncRuns,
    private readonly accounts: ServedAccounts,
  ) {}

  /**
   * Lists events from the Stripe API into the ledger, where they are handled like any other; those that are there already
   * stay as they are. One at a time for each account and list, in one process of all, resumed by another if that one dies.
   *
   * @throws {InvalidRequestError} when `endpoint` is none of the accounts, or there are several to choose from
   * @throws {SyncRunCancelledError} when it was cancelled; the next one goes on from there
   * @throws {SyncRunFailedError} when Stripe or the database refused for too long; the next one goes on from there
   */
  async run({ signal, onProgress, ...request }: StripeCatchUpOptions = {}): Promise<StripeCatchUpResult> {
    const options = {
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onProgress }),
    };
    for (;;) {
      const run = await this.runs.run(this.requestOf(request), options);
      // One that was running already may have begun later than this caller wants.
      if (request.since === undefined || run.since?.getTime() === request.since.getTime()) {
        return resultOf(run);
      }
    }
  }

  /** Starts the same, or joins the one that is running, without waiting for its end. */
  async begin(request: StripeCatchUpRequest = {}): Promise<SyncRunEntity> {
    return this.runs.begin(this.requestOf(request));
  }

  private requestOf({ since, account, endpoint, thin }: StripeCatchUpRequest): SyncRequest {
    const name = endpoint ?? this.accounts.standard;
    if (name === null || this.accounts.find(name) === undefined) {
      throw new InvalidRequestError([`endpoint must be one of the accounts: ${this.accounts.names.join(', ')}`]);
    }
    const kind = thin === true ? 'thin-catch-up' : 'catch-up';
    return { kind, endpoint: name, account: account ?? null, since: since ?? null };
  }
}

function resultOf({ id, done, added, known, failed, checkpoint }: SyncRunEntity): StripeCatchUpResult {
  // Those of both lists begin with it.
  const position = checkpoint === null ? null : (JSON.parse(checkpoint) as Beginning);
  const from = position === null ? null : new Date(position.fromMs);
  return {
    ...{ run: id, found: done, added, known, failed, from },
    outOfReachBefore: position?.outOfReach === true ? from : null,
  };
}
