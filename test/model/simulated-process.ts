import type { Clock } from '../../src/common';
import { CustomerStore, EventCustomers } from '../../src/customers';
import {
  EventPayloadStore,
  EventPruneStore,
  EventQuery,
  EventRecorder,
  EventReplayStore,
  HandlerRunStore,
} from '../../src/events';
import { DeadLetterAnnouncer, type EventWorker } from '../../src/processing';
import { StripeClients } from '../../src/stripe-api';
import type { ProcessingSettings } from '../../src/stripe.settings';
import { createWorker } from '../../src/stripe.worker';
import type { Setup } from './history';
import type { PooledLedger } from './ledger-pool';
import { MAX_ATTEMPTS, simulatedHandlers, type HandlerScene } from './simulated-handlers';
import { simulatedLedger, type Fault, type LedgerScene } from './simulated-ledger';
import { virtualTime } from './virtual-time';

export const LEASE_MS = 10_000;
export const PATIENCE_MS = 8_000;
/** Clocks of processes move in steps of this size, and no two of them ever tell the same time. */
const CLOCK_STEP_MS = 64;

/** What a process is told when it starts. */
export interface ProcessStart {
  readonly number: number;
  readonly setup: Setup;
  readonly connections: PooledLedger;
  readonly scene: LedgerScene & HandlerScene;
}

/** A process of the application: receives, handles, replays and deletes, all with the module's own parts. */
export class SimulatedProcess {
  state: 'running' | 'paused' | 'gone' = 'running';
  stopping = false;
  /** Calls of the database that have not come back. */
  underWay = 0;
  /** How many of its calls of the database have failed, for whatever reason. */
  failures = 0;
  /** The calls of the database that were made to fail. */
  readonly faults: Fault[] = [];
  readonly connections: PooledLedger;
  readonly worker: EventWorker;
  readonly recorder: EventRecorder;
  readonly replays: EventReplayStore;
  readonly pruner: EventPruneStore;
  private clockOffsetMs = 0;
  private fault: Fault | undefined;
  private readonly clock: Clock = { now: () => this.now() };

  constructor(private readonly start: ProcessStart) {
    const { connections, scene, setup } = start;
    this.connections = connections;
    this.worker = this.makeWorker(scene, setup);
    const recorded = simulatedLedger({ process: this, role: 'record' }, scene);
    this.recorder = new EventRecorder(recorded, { timeoutMs: 3_000, maxWaiting: 50 });
    this.replays = new EventReplayStore(simulatedLedger({ process: this, role: 'replay' }, scene));
    this.pruner = new EventPruneStore(simulatedLedger({ process: this, role: 'prune' }, scene));
  }

  get name(): string {
    return `process ${this.start.number}`;
  }

  pause(): void {
    this.state = this.state === 'running' ? 'paused' : this.state;
  }

  resume(): void {
    this.state = this.state === 'paused' ? 'running' : this.state;
  }

  /** The process's own time. */
  now(): number {
    const step = Math.floor((virtualTime.now() + this.clockOffsetMs) / CLOCK_STEP_MS);
    return step * CLOCK_STEP_MS + (this.start.number % CLOCK_STEP_MS);
  }

  /** Whatever was wrong with it has passed. */
  recover(): void {
    this.resume();
    this.fault = undefined;
  }

  setClock(byMs: number): void {
    this.clockOffsetMs += byMs;
  }

  /** The next call of the database fails. */
  arm(fault: Fault): void {
    this.fault = fault;
  }

  takeFault(): Fault | undefined {
    const { fault } = this;
    if (fault !== undefined) {
      this.fault = undefined;
      this.faults.push(fault);
    }
    return fault;
  }

  private makeWorker(scene: ProcessStart['scene'], setup: Setup): EventWorker {
    const database = simulatedLedger({ process: this, role: 'work' }, scene);
    const runs = new HandlerRunStore(database);
    return createWorker(settingsOf(setup), {
      database,
      registry: simulatedHandlers(this, scene),
      customers: new EventCustomers(new CustomerStore(database, this.clock)),
      payloads: new EventPayloadStore(database),
      runs,
      clients: new StripeClients(new Map()),
      deadLetters: new DeadLetterAnnouncer(new EventQuery(database), runs, undefined),
      clock: this.clock,
    });
  }
}

function settingsOf({ ordering, concurrency, handlerTimeoutMs }: Setup): ProcessingSettings {
  return {
    concurrency,
    maxAttempts: MAX_ATTEMPTS,
    backoff: { baseMs: 1_000, factor: 3, maxMs: 5_000 },
    leaseMs: LEASE_MS,
    handlerTimeoutMs,
    shutdownTimeoutMs: 2_000,
    sweepMs: 4_000,
    ordering,
    orderingPatienceMs: PATIENCE_MS,
    pairing: 'handle-both',
    onDeadLetter: undefined,
  };
}
