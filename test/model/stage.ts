import type { EventEntity } from '../../src/events';
import { indexOf } from './deliveries';
import { Gates, type Gate } from './gates';
import type { HandlerCall } from './handler-calls';
import type { Ending, HandlerId, History } from './history';
import type { LedgerPool } from './ledger-pool';
import type { Mutant } from './mutants';
import { Oracle } from './oracle';
import { seededRandom } from './random';
import type { HandlerScene } from './simulated-handlers';
import type { Actor, LedgerScene } from './simulated-ledger';
import { SimulatedProcess } from './simulated-process';
import { SnapshotReader } from './snapshot';
import { quiet, virtualTime } from './virtual-time';

/** More than any history needs: then somebody goes round in circles. */
const MOST_STEPS = 50_000;
const MOST_TOLD = 60;
/** How likely it is that a flow goes on rather than another, and for how many steps. */
const MOODS = [0, 0.5, 0.95];
const STEPS_OF_A_MOOD = 16;

/** What went wrong in a history. */
export class ModelViolation extends Error {
  constructor(
    readonly problems: readonly string[],
    story: readonly string[],
  ) {
    super(`${problems.join('\n')}\n\nThe latest of what happened:\n${story.slice(-MOST_TOLD).join('\n')}`);
  }
}

/** Where a history is played: its processes, its time, and who watches. */
export class Stage implements LedgerScene, HandlerScene {
  /** What has happened, line by line. */
  readonly story: string[] = [];
  readonly gates = new Gates<SimulatedProcess>();
  readonly oracle: Oracle;
  readonly random: () => number;
  private readonly places: (SimulatedProcess | undefined)[];
  private readonly calls = new Map<string, number>();
  private latest: Actor | undefined;
  private databaseOffsetMs = 0;
  private stickiness = 0;
  private started = 0;
  private steps = 0;

  constructor(
    private readonly history: History,
    private readonly pool: LedgerPool,
    readonly mutant?: Mutant,
  ) {
    this.random = seededRandom(history.seed);
    this.oracle = new Oracle(history.setup, new SnapshotReader(pool.observer));
    this.places = Array.from({ length: history.setup.processes });
    pool.databaseNow = () => this.databaseNow();
  }

  acting(actor: Actor): void {
    this.committed();
    this.latest = actor;
  }

  committed(): void {
    if (this.latest !== undefined) {
      this.oracle.observe(this.latest, this.databaseNow());
    }
  }

  called(call: Pick<HandlerCall, 'process' | 'handler' | 'attempt'>, event: EventEntity): HandlerCall {
    return this.oracle.called(call, event, this.endingOf(event, call.handler));
  }

  pass(process: SimulatedProcess, at: string): Promise<void> {
    return this.gates.pass(process, at);
  }

  crash(process: SimulatedProcess): void {
    this.vanish(this.places.indexOf(process));
  }

  setDatabaseClock(byMs: number): void {
    this.databaseOffsetMs += byMs;
  }

  processAt(at: number): SimulatedProcess | undefined {
    return this.places[at % this.places.length];
  }

  everyPlace(act: (at: number) => void): void {
    this.places.forEach((_, at) => {
      act(at);
    });
  }

  /** Starts a process where there is none. */
  async start(at: number): Promise<void> {
    if (this.processAt(at) !== undefined) {
      return;
    }
    this.started += 1;
    const connections = await this.pool.take();
    const process = new SimulatedProcess({ number: this.started, setup: this.history.setup, connections, scene: this });
    this.places[at % this.places.length] = process;
    process.worker.start();
    await quiet();
  }

  /** The process is gone in the middle of whatever it did. */
  vanish(at: number): void {
    const process = this.processAt(at);
    if (process === undefined) {
      return;
    }
    this.places[at % this.places.length] = undefined;
    process.state = 'gone';
    this.gates.forget(process);
    if (process.underWay === 0) {
      this.pool.give(process.connections);
    } else {
      this.pool.discard(process.connections);
    }
  }

  /** Lets one flow go on to where it waits next. Returns whether there was one. */
  async step(): Promise<boolean> {
    const gate = this.nextGate();
    if (gate === undefined) {
      return false;
    }
    // Nothing takes no time at all.
    this.databaseOffsetMs += 1;
    this.tell(`${gate.process.name}: ${gate.at}`);
    this.gates.open(gate);
    await this.rest();
    return true;
  }

  /** Time passes, and everybody who can goes on. */
  async live(ms: number, goesOn: () => Promise<boolean> = () => Promise.resolve(true)): Promise<void> {
    const end = virtualTime.in(ms);
    while (!end.come && (await goesOn())) {
      if (!(await this.step())) {
        await this.nextTimer();
      }
    }
  }

  /** Time passes, and nobody is let through his gate. */
  async stall(ms: number): Promise<void> {
    const end = virtualTime.in(ms);
    while (!end.come) {
      await this.nextTimer();
    }
  }

  tell(line: string): void {
    this.story.push(`${virtualTime.now() % 10_000_000} ${line}`);
  }

  /** @throws {ModelViolation} when something happened that must not */
  check(): void {
    const problems = [...this.oracle.problems];
    if (this.steps > MOST_STEPS) {
      problems.push('somebody goes round in circles');
    }
    if (problems.length > 0) {
      throw new ModelViolation(problems, this.story);
    }
  }

  /**
   * Any flow that can go on; for a while at times mostly the one that went on last. If it was always any, hardly one would
   * come far while another waits, which is what a worker does that has lost its lease and not noticed yet.
   */
  private nextGate(): Gate<SimulatedProcess> | undefined {
    const ready = this.gates.ready();
    if (this.steps % STEPS_OF_A_MOOD === 0) {
      this.stickiness = MOODS[Math.floor(this.random() * MOODS.length)]!;
    }
    const at = this.random() < this.stickiness ? ready.length - 1 : Math.floor(this.random() * ready.length);
    return ready[at];
  }

  private async nextTimer(): Promise<void> {
    virtualTime.fireNextTimer();
    await this.rest();
  }

  private async rest(): Promise<void> {
    this.steps += 1;
    await quiet();
    this.check();
  }

  private databaseNow(): number {
    return virtualTime.now() + this.databaseOffsetMs;
  }

  private endingOf({ stripeId }: EventEntity, handler: HandlerId): Ending {
    const key = `${stripeId} ${handler}`;
    const called = this.calls.get(key) ?? 0;
    this.calls.set(key, called + 1);
    return this.history.events[indexOf(stripeId) ?? -1]?.endings[handler][called] ?? 'ok';
  }
}
