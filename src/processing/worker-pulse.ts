import { stopwatch, type Clock } from '../common';

/** What the worker of this process does. `none`: this process has none, since it does not handle events. */
export type WorkerState = 'none' | 'working' | 'stopped';

/** Tells whether the worker of this process still looks for events. */
export class WorkerPulse {
  private lastMs = 0;
  private current: WorkerState = 'none';

  /** @param clock for durations alone */
  constructor(private readonly clock: Clock = stopwatch) {}

  get state(): WorkerState {
    return this.current;
  }

  /** For how long the worker has not come round to looking for events, in milliseconds; 0 where there is none. */
  get silentMs(): number {
    return this.current === 'working' ? this.clock.now() - this.lastMs : 0;
  }

  /** The worker has looked for events, or begins to. */
  beat(): void {
    this.current = 'working';
    this.lastMs = this.clock.now();
  }

  stop(): void {
    this.current = 'stopped';
  }
}
