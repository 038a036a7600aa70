import { StripeEventsError } from './stripe-events.error';

/** No run is stored under this id. */
export class SyncRunNotFoundError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_RUN_NOT_FOUND';
  override readonly httpStatus = 404;

  constructor() {
    super('No run is stored under this id. Of each kind and account, the latest 20 are kept.');
  }
}

/** A catch-up or a sync was cancelled. What it had done until then stays. */
export class SyncRunCancelledError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_RUN_CANCELLED';

  constructor(
    /** The run's id. */
    readonly runId: string,
  ) {
    super(`The run ${runId} was cancelled. What it had done until then stays; the next one goes on from there.`);
  }
}

/** A catch-up or a sync failed. What it had done until then stays. */
export class SyncRunFailedError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_RUN_FAILED';

  constructor(
    /** The run's id. */
    readonly runId: string,
    /** What it failed with: the error's class, message and stack, without secrets. */
    readonly reason: string,
  ) {
    super(`The run ${runId} failed: ${reason}`);
  }
}

/** Another process has taken the run over, or it was ended from elsewhere. The reason its job was aborted with. */
export class SyncRunLostError extends StripeEventsError {
  readonly code = 'STRIPE_EVENTS_RUN_LOST';

  constructor() {
    super('The run is not this process’s any more: it was cancelled, or another process has taken it over.');
  }
}
