import type { NewEvent } from './new-event';

/** Which mode's events this application handles. */
export class LiveMode {
  /** @param livemode the mode; undefined for both */
  constructor(private readonly livemode: boolean | undefined) {}

  /** What becomes of an event of this mode at once: one of the other mode is stored and ignored. */
  verdict(livemode: boolean): Pick<NewEvent, 'settled'> {
    return this.livemode === undefined || this.livemode === livemode
      ? {}
      : { settled: { status: 'ignored', reason: 'livemode', error: null } };
  }
}
