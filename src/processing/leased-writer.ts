import { Coalescer, sleep, type Clock, type Stop } from '../common';
import type { LedgerDatabase } from '../database';
import type { LeasedWrite, LeaseStore } from '../events';

const MOST_WRITES_PER_STATEMENT = 100;
/** So many do not wait for the statement that is under way. */
const WORTH_A_STATEMENT = 25;
const LONGEST_PAUSE_MS = 1_000;

/** Writes what workers have to say, many at a time, and does not give up while the lease may still hold. */
export class LeasedWriter {
  private readonly coalescer: Coalescer<LeasedWrite, boolean>;

  /** @param clock for durations alone */
  constructor(
    leases: Pick<LeaseStore, 'write'>,
    database: Pick<LedgerDatabase, 'dialect'>,
    private readonly clock: Clock,
    private readonly patienceMs: number,
  ) {
    const writeAll = async (writes: readonly LeasedWrite[]): Promise<boolean[]> => {
      const lost = await leases.write(writes);
      return writes.map((write) => !lost.has(write));
    };
    this.coalescer = new Coalescer(writeAll, {
      maxBatch: MOST_WRITES_PER_STATEMENT,
      maxConcurrent: 2,
      worthBatch: WORTH_A_STATEMENT,
      // The events of a batch are settled in one turn: one statement for all of them, and one claim for their places.
      startsTogether: true,
      maxWaiting: Number.POSITIVE_INFINITY,
      weigh: () => 1,
      maxWeight: MOST_WRITES_PER_STATEMENT,
      isolates: (error) => database.dialect.classify(error) === 'refused',
    });
  }

  /**
   * Resolves with whether the lease held, and so whether it was written.
   *
   * @param stop aborted when trying again is pointless
   */
  async write(write: LeasedWrite, stop: Stop): Promise<boolean> {
    const giveUpAt = this.clock.now() + this.patienceMs;
    for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        return await this.coalescer.submit(write);
      } catch (error) {
        if (stop.aborted || this.clock.now() > giveUpAt) {
          throw error;
        }
        await sleep(pauseMs, stop.signal);
      }
    }
  }
}
