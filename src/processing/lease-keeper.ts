import { Logger } from '@nestjs/common';
import { describeError, type Clock, type Stop } from '../common';
import { LeaseLostError } from '../errors';
import type { Lease, LeaseStore } from '../events';

interface Held extends Lease {
  readonly stop: Stop;
  /** Until when the lease is this worker's without asking again, by the keeper's own clock. */
  safeUntilMs: number;
}

const RENEWALS_PER_LEASE = 3;

/** Keeps the leases of the events being handled, and tells their handlers when one is lost. */
export class LeaseKeeper {
  private readonly logger = new Logger('StripeEvents');
  /** By event and lease: an event that was lost can come back to this worker while it still handles it. */
  private readonly held = new Map<string, Held>();
  private readonly renewEveryMs: number;
  private timer: NodeJS.Timeout | undefined;
  private renewing: Promise<void> | undefined;

  /** @param clock for durations alone: whether a lease has ended is said by the database's own */
  constructor(
    private readonly leases: Pick<LeaseStore, 'renew'>,
    private readonly clock: Clock,
    private readonly leaseMs: number,
  ) {
    this.renewEveryMs = leaseMs / RENEWALS_PER_LEASE;
  }

  /** Keeps this lease until {@link drop}; stops the work when it is lost. */
  hold({ id, leaseNo, replayNo }: Lease, stop: Stop): void {
    const safeUntilMs = this.clock.now() + this.leaseMs;
    this.held.set(keyOf({ id, leaseNo }), { id, leaseNo, replayNo, stop, safeUntilMs });
    this.timer ??= setInterval(() => {
      this.renewing ??= this.renew().finally(() => {
        this.renewing = undefined;
      });
    }, this.renewEveryMs).unref();
  }

  /** Lets the lease run out by itself. */
  drop(lease: Lease): void {
    this.held.delete(keyOf(lease));
    if (this.held.size === 0) {
      this.rest();
    }
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.rest();
    await this.renewing;
  }

  private rest(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private async renew(): Promise<void> {
    const all = [...this.held.values()];
    const safeUntilMs = this.clock.now() + this.leaseMs;
    try {
      const lost = new Set(await this.leases.renew(all, this.renewEveryMs));
      for (const held of all) {
        held.safeUntilMs = lost.has(held) ? 0 : safeUntilMs;
      }
      this.giveUp([...lost]);
    } catch (error) {
      this.logger.warn(`The leases of ${all.length} events could not be renewed: ${describeError(error)}`);
      // Past its time a lease may be another worker's already; the database would have to say, and does not answer.
      this.giveUp(all.filter((held) => held.safeUntilMs <= this.clock.now()));
    }
  }

  private giveUp(lost: readonly Held[]): void {
    for (const held of lost) {
      // Not those that were dropped meanwhile: their outcome is written, and so their lease is over.
      if (this.held.get(keyOf(held)) === held) {
        held.stop.abort(new LeaseLostError());
      }
    }
  }
}

function keyOf({ id, leaseNo }: Pick<Lease, 'id' | 'leaseNo'>): string {
  return `${id}/${leaseNo}`;
}
