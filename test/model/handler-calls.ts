import type { Ending, HandlerId } from './history';
import type { SimulatedProcess } from './simulated-process';

/** One call of a handler, as the handler itself saw it. */
export interface HandlerCall {
  readonly process: SimulatedProcess;
  readonly eventId: string;
  readonly leaseNo: number;
  readonly replayNo: number;
  readonly handler: HandlerId;
  readonly attempt: number;
  readonly ending: Ending;
  state: 'running' | 'returned' | 'threw';
  /** Why its signal was aborted while it ran. */
  aborted?: Error;
  /** Why its signal was aborted after it had ended: what became of its transaction is in doubt. */
  abortedLate?: Error;
}
