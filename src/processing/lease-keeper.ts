import { Logger } from '@nestjs/common';
import { describeError, type Clock } from '../common';
import { LeaseLostError } from '../errors';
import type { Lease, LeaseStore } from '../events';

interface Held {
  readonly lease: Lease;
  readonly controller: AbortController;
}

/** Keeps the leases of the events being handled, and tells their handlers when one is lost. */
export class LeaseKeeper {
  private readonly logger = new Logger('StripeEvents');
  private readonly held = new Map<string, Held>();
  private timer: NodeJS.Timeout | undefined;
  private renewing: Promise<void> = Promise.resolve();
  private lastSuccessMs: number;

  constructor(
    private readonly leases: LeaseStore,
    private readonly clock: Clock,
    private readonly leaseMs: number,
  ) {
    this.lastSuccessMs = clock.now();
  }

  /** Keeps this lease until {@link drop}; aborts the controller when it is lost. */
  hold(lease: Lease, controller: AbortController): void {
    if (this.held.size === 0) {
      this.lastSuccessMs = this.clock.now();
    }
    this.held.set(lease.id, { lease, controller });
    this.timer ??= setInterval(() => {
      this.renewing = this.renew();
    }, this.leaseMs / 3).unref();
  }

  /** Lets the lease run out by itself. */
  drop({ id }: Lease): void {
    this.held.delete(id);
    if (this.held.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
    }
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    await this.renewing;
  }

  private async renew(): Promise<void> {
    const all = [...this.held.values()];
    try {
      const lost = await this.leases.renew(all.map(({ lease }) => lease));
      this.lastSuccessMs = this.clock.now();
      lost.forEach(({ id, leaseNo }) => {
        this.giveUp(all.filter(({ lease }) => lease.id === id && lease.leaseNo === leaseNo));
      });
    } catch (error) {
      this.logger.warn(`The leases of ${all.length} events could not be renewed: ${describeError(error)}`);
      // Past its time a lease may be another worker's already; the database would have to say, and does not answer.
      if (this.clock.now() - this.lastSuccessMs > this.leaseMs) {
        this.giveUp(all);
      }
    }
  }

  private giveUp(lost: readonly Held[]): void {
    for (const { lease, controller } of lost) {
      if (this.held.get(lease.id)?.controller === controller) {
        controller.abort(new LeaseLostError());
      }
    }
  }
}
