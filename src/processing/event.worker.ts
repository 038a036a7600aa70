import { Logger } from '@nestjs/common';
import { describeError, sleep, stopwatch, turn } from '../common';
import type { LeaseStore } from '../events';
import { UNWATCHED, type StripeTelemetry } from '../telemetry';
import { Bell } from './bell';
import type { EventProcessor } from './event.processor';
import type { HandlingPlaces } from './handling-places';
import type { LeaseKeeper } from './lease-keeper';
import { WorkInHand } from './work-in-hand';
import { WorkerPulse } from './worker-pulse';

/** What bounds a worker. */
export interface WorkerLimits {
  /** Most events whose handlers run at the same time. */
  readonly concurrency: number;
  /** How long running handlers may go on when the application stops, in milliseconds. */
  readonly shutdownTimeoutMs: number;
  /** How often due events are looked for that nobody announced, in milliseconds. */
  readonly sweepMs: number;
  /** How long a worker may be silent before its events are another's, in milliseconds. */
  readonly leaseMs: number;
}

/** What a worker works with. */
export interface WorkerPorts {
  readonly leases: Pick<LeaseStore, 'claim' | 'reap'>;
  readonly processor: Pick<EventProcessor, 'process' | 'handBack' | 'abort'>;
  readonly places: Pick<HandlingPlaces, 'ahead' | 'close'>;
  readonly keeper: Pick<LeaseKeeper, 'stop'>;
  readonly telemetry?: Pick<StripeTelemetry, 'claimed'>;
  readonly pulse?: WorkerPulse;
}

const MOST_EVENTS_PER_CLAIM = 50;
/** Also where leases are longer: few statements, and a restart finds what the one before has left behind. */
const LONGEST_REAP_PAUSE_MS = 10_000;
const MOST_EVENTS_PER_REAP = 100;
const SHORTEST_PAUSE_AFTER_FAULT_MS = 500;
const LONGEST_PAUSE_AFTER_FAULT_MS = 10_000;
/** How long a shutdown waits for events to be handed back; what is not runs out with its lease. */
const HAND_BACK_MS = 5_000;

/**
 * Claims due events and has them handled: at once when it is told that there are some, and every so often to find those
 * nobody told it of (another process's, retries, events of a worker that vanished).
 */
export class EventWorker {
  private readonly logger = new Logger('StripeEvents');
  private readonly stopping = new AbortController();
  private readonly bell = new Bell();
  private readonly events = new WorkInHand();
  private readonly rounds = new WorkInHand();
  private running: Promise<void> | undefined;
  private reapAtMs = Number.NEGATIVE_INFINITY;
  private readonly telemetry: Pick<StripeTelemetry, 'claimed'>;
  private readonly pulse: WorkerPulse;

  constructor(
    private readonly ports: WorkerPorts,
    private readonly limits: WorkerLimits,
  ) {
    this.telemetry = ports.telemetry ?? UNWATCHED;
    this.pulse = ports.pulse ?? new WorkerPulse();
  }

  /** Begins to claim events. */
  start(): void {
    this.pulse.beat();
    this.running ??= this.loop();
  }

  /** Says that something is due, or that a place is free. */
  knock(): void {
    this.bell.ring();
  }

  /** Claims nothing more, waits for what is running, and hands back what does not end in time. */
  async stop(): Promise<void> {
    this.pulse.stop();
    this.stopping.abort();
    this.bell.ring();
    this.ports.places.close();
    await this.events.done(this.limits.shutdownTimeoutMs);
    this.ports.processor.abort();
    // A claim that was under way may still bring events, which go back as well.
    await Promise.all([this.events.done(HAND_BACK_MS), this.rounds.done(HAND_BACK_MS)]);
    await this.ports.keeper.stop();
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private async loop(): Promise<void> {
    let faults = 0;
    while (!this.isStopping()) {
      // Events that are settled together free their places together: one claim fills them all.
      await turn();
      this.bell.answer();
      try {
        const more = await this.round();
        this.noteRound();
        faults = 0;
        if (!more) {
          // Spread, so that processes do not sweep in step.
          await this.bell.heard(this.limits.sweepMs * (0.8 + 0.4 * Math.random()));
        }
      } catch (error) {
        faults += 1;
        this.logger.error(`Due events could not be claimed: ${describeError(error)}`);
        await sleep(pauseAfter(faults), this.stopping.signal);
      }
    }
  }

  private noteRound(): void {
    if (!this.isStopping()) {
      this.pulse.beat();
    }
  }

  /** Returns whether there may be more that could be claimed now. */
  private async round(): Promise<boolean> {
    this.rounds.begin();
    try {
      await this.reapNowAndThen();
      return await this.fillPlaces();
    } finally {
      this.rounds.end();
    }
  }

  private async fillPlaces(): Promise<boolean> {
    const places = Math.max(0, this.limits.concurrency - this.events.count);
    const room = this.limits.concurrency + this.ports.places.ahead - this.events.count;
    const wanted = Math.min(room, MOST_EVENTS_PER_CLAIM);
    if (wanted <= 0 || this.isStopping()) {
      return false;
    }
    const { events, more } = await this.ports.leases.claim(wanted, Math.max(0, wanted - places));
    if (this.isStopping()) {
      await this.ports.processor.handBack(events);
      return false;
    }
    this.telemetry.claimed(events);
    this.events.begin(events.length);
    void this.ports.processor.process(events, () => {
      this.events.end();
      this.bell.ring();
    });
    return more;
  }

  /** All of them, since after a crash of many processes there are many. Spread, so that processes do not look in step. */
  private async reapNowAndThen(): Promise<void> {
    const now = stopwatch.now();
    if (now < this.reapAtMs) {
      return;
    }
    this.reapAtMs = now + Math.min(LONGEST_REAP_PAUSE_MS, this.limits.leaseMs) * (0.5 + Math.random());
    let reaped = 0;
    for (let some = MOST_EVENTS_PER_REAP; some === MOST_EVENTS_PER_REAP && !this.isStopping();) {
      some = await this.ports.leases.reap(MOST_EVENTS_PER_REAP);
      reaped += some;
    }
    if (reaped > 0) {
      this.logger.warn(
        `Events whose workers vanished: ${reaped}. They are due again, or dead where it happened too often.`,
      );
    }
  }
}

/** Longer after each further fault in a row, and spread, so that a database that comes back is not met by all at once. */
function pauseAfter(faults: number): number {
  const bound = Math.min(SHORTEST_PAUSE_AFTER_FAULT_MS * 2 ** (faults - 1), LONGEST_PAUSE_AFTER_FAULT_MS);
  return bound * (0.5 + 0.5 * Math.random());
}
