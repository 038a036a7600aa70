import { Logger } from '@nestjs/common';
import { describeError, sleep, type Clock } from '../common';
import type { EventEntity, LeaseStore } from '../events';
import type { EventProcessor } from './event.processor';
import type { LeaseKeeper } from './lease-keeper';

/** What bounds a worker. */
export interface WorkerLimits {
  /** Most events in work at the same time. */
  readonly concurrency: number;
  /** How long running handlers may go on when the application stops, in milliseconds. */
  readonly shutdownTimeoutMs: number;
  /** How often due events are looked for that nobody announced, in milliseconds. */
  readonly sweepMs: number;
}

const MOST_EVENTS_PER_CLAIM = 50;
const REAP_EVERY_MS = 10_000;
const MOST_EVENTS_PER_REAP = 100;
const PAUSE_AFTER_FAULT_MS = 1_000;

/**
 * Claims due events and has them handled: at once when it is told that there are some, and every so often to find those
 * nobody told it of (another process's, retries, events of a worker that vanished).
 */
export class EventWorker {
  private readonly logger = new Logger('StripeEvents');
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private active = 0;
  private reapAtMs = 0;
  private knocked = false;
  private wake: () => void = () => undefined;

  constructor(
    private readonly leases: LeaseStore,
    private readonly processor: EventProcessor,
    private readonly keeper: LeaseKeeper,
    private readonly limits: WorkerLimits,
    private readonly clock: Clock,
  ) {}

  /** Begins to claim events. */
  start(): void {
    this.running ??= this.loop();
  }

  /** Says that something is due, or that a place is free. */
  knock(): void {
    this.knocked = true;
    this.wake();
  }

  /** Claims nothing more, waits for what is running, and hands back what does not end in time. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.knock();
    await this.running;
    const patience = sleep(this.limits.shutdownTimeoutMs, this.idle());
    await patience;
    this.processor.abort();
    await this.drained();
    await this.keeper.stop();
  }

  private async loop(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.knocked = false;
      const more = await this.claimAndStart();
      if (!more) {
        await this.pause();
      }
    }
  }

  /** Returns whether there may be more that could be claimed now. */
  private async claimAndStart(): Promise<boolean> {
    const free = Math.min(this.limits.concurrency - this.active, MOST_EVENTS_PER_CLAIM);
    if (free <= 0) {
      return false;
    }
    try {
      await this.reapNowAndThen();
      const events = await this.leases.claim(free);
      this.begin(events);
      return events.length === free;
    } catch (error) {
      this.logger.error(`Due events could not be claimed: ${describeError(error)}`);
      await sleep(PAUSE_AFTER_FAULT_MS, this.stopping.signal);
      return false;
    }
  }

  private begin(events: readonly EventEntity[]): void {
    this.active += events.length;
    if (events.length > 0) {
      void this.processor.process(events, () => {
        this.active -= 1;
        this.knock();
      });
    }
  }

  /** Spread, so that processes do not look for lost leases in step. */
  private async reapNowAndThen(): Promise<void> {
    const now = this.clock.now();
    if (now < this.reapAtMs) {
      return;
    }
    this.reapAtMs = now + REAP_EVERY_MS * (0.5 + Math.random());
    const reaped = await this.leases.reap(MOST_EVENTS_PER_REAP);
    if (reaped > 0) {
      this.logger.warn(
        `${reaped} events were held by workers that vanished: due again, or dead after too many attempts.`,
      );
    }
  }

  /** Until something knocks, or the next sweep. Spread, so that processes do not sweep in step. */
  private async pause(): Promise<void> {
    if (this.knocked) {
      return;
    }
    const interruption = new AbortController();
    this.wake = () => {
      interruption.abort();
    };
    await sleep(this.limits.sweepMs * (0.8 + 0.4 * Math.random()), interruption.signal);
  }

  /** Aborted as soon as nothing is in work. */
  private idle(): AbortSignal {
    const idle = new AbortController();
    void this.drained().then(() => {
      idle.abort();
    });
    return idle.signal;
  }

  private async drained(): Promise<void> {
    while (this.active > 0) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}
