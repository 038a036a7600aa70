import { deliveryOf } from './deliveries';
import type { Action, History } from './history';
import type { LedgerPool } from './ledger-pool';
import type { Mutant } from './mutants';
import { RETAIN_MS } from './oracle';
import type { SimulatedProcess } from './simulated-process';
import { Stage } from './stage';
import { quiet, virtualTime } from './virtual-time';

const DAY_MS = 24 * 60 * 60 * 1_000;
/** So long everything that is open has, after the last fault, to come to its end. */
const HEALING_MS = 20 * 60_000;

/** A process that is told to stop leaves what it holds to its lease after so long, and not before. */
const MOST_MS_TO_STOP = 5_000;

/** What was seen of a history that kept all promises. */
export interface Played {
  readonly story: readonly string[];
  /** What has happened, and how often. */
  readonly happened: ReadonlyMap<string, number>;
}

/**
 * Plays one history, checking all the way, and at the end that everything comes to rest.
 *
 * @throws {ModelViolation} when something happened that must not
 */
export async function play(history: History, pool: LedgerPool, mutant?: Mutant): Promise<Played> {
  await pool.clear();
  const stage = new Stage(history, pool, mutant);
  const realRandom = Math.random;
  virtualTime.begin();
  Math.random = stage.random;
  try {
    await new Simulation(history, stage).play();
    return { story: stage.story, happened: stage.oracle.happened };
  } finally {
    Math.random = realRandom;
    stage.everyPlace((at) => {
      stage.vanish(at);
    });
    virtualTime.end();
  }
}

class Simulation {
  constructor(
    private readonly history: History,
    private readonly stage: Stage,
  ) {}

  async play(): Promise<void> {
    const { setup, events, actions } = this.history;
    for (let at = 0; at < setup.processes; at += 1) {
      await this.stage.start(at);
    }
    events.forEach((_, index) => {
      this.deliver(this.stage.processAt(index)!, index);
    });
    await quiet();
    for (const action of actions) {
      this.stage.tell(JSON.stringify(action));
      await this.act(action);
      this.stage.check();
    }
    await this.heal();
  }

  private async act(action: Action): Promise<void> {
    switch (action.do) {
      case 'run':
        for (let left = action.steps; left > 0 && (await this.stage.step()); left -= 1);
        return;
      case 'live':
        return this.stage.live(action.ms);
      case 'stall':
        return this.stage.stall(action.ms);
      case 'set-database-clock':
        this.stage.setDatabaseClock(action.by);
        return;
      case 'start':
        return this.stage.start(action.at);
      case 'freeze':
        return this.freeze(action);
      case 'crash':
        return this.on(action, (process) => this.stage.crash(process));
      case 'pause':
        return this.on(action, (process) => process.pause());
      case 'resume':
        return this.on(action, (process) => process.resume());
      case 'stop':
        return this.on(action, (process) => this.stop(process));
      case 'deliver':
        return this.on(action, (process) => this.deliver(process, action.event % this.history.events.length));
      case 'replay':
        return this.on(action, (process) => this.follow(this.replayOne(process, action)));
      case 'replay-dead':
        return this.on(action, ({ replays }) => this.follow(replays.replayMany({ status: 'dead' }, action.handlers)));
      case 'replay-all':
        return this.on(action, ({ replays }) => this.follow(replays.replayMany({}, action.handlers)));
      case 'prune':
        return this.on(action, ({ pruner }) => this.follow(pruner.prune(RETAIN_MS / DAY_MS)));
      case 'set-process-clock':
        return this.on(action, (process) => process.setClock(action.by));
      case 'fault':
        return this.on(action, (process) => process.arm(action));
    }
  }

  /** Begins something in a process, if there is one. */
  private on({ at }: { readonly at: number }, act: (process: SimulatedProcess) => void): Promise<void> {
    const process = this.stage.processAt(at);
    if (process !== undefined) {
      act(process);
    }
    return quiet();
  }

  private async freeze({ at, ms }: Action & { do: 'freeze' }): Promise<void> {
    const process = this.stage.processAt(at);
    if (process !== undefined) {
      process.pause();
      await this.stage.live(ms);
      process.resume();
      await quiet();
    }
  }

  private stop(process: SimulatedProcess): void {
    process.stopping = true;
    const givesUpAt = virtualTime.now() + MOST_MS_TO_STOP;
    const ends = (): void => {
      if (process.state !== 'gone') {
        this.stage.oracle.count('a process stops');
        if (virtualTime.now() < givesUpAt) {
          this.stage.oracle.checkStopped(process);
        }
        this.stage.crash(process);
      }
    };
    this.follow(process.worker.stop().then(ends));
  }

  private deliver(process: SimulatedProcess, index: number): void {
    const event = deliveryOf(this.history.events[index]!, index, process.now());
    this.follow(
      process.recorder.record(event).then((recorded) => {
        this.stage.oracle.acknowledge(recorded);
        process.worker.knock();
      }),
    );
  }

  private replayOne({ replays }: SimulatedProcess, action: Action & { do: 'replay' }): Promise<unknown> {
    const ids = [...this.stage.oracle.committed.events.keys()];
    return replays.replayOne(ids[action.event % Math.max(1, ids.length)] ?? '', action.handlers);
  }

  /** What is asked of a process may fail: the storage does at times. */
  private follow(flow: Promise<unknown>): void {
    flow.catch((error: unknown) => {
      this.stage.tell(`failed: ${String(error)}`);
      this.stage.oracle.count('a process says that something failed');
    });
  }

  /** All but one vanish, nothing fails any more, and time goes on: whatever is open must come to its end. */
  private async heal(): Promise<void> {
    this.stage.tell('healing');
    let left: SimulatedProcess | undefined;
    this.stage.everyPlace((at) => {
      const process = this.stage.processAt(at);
      if (left !== undefined || process?.stopping !== false) {
        this.stage.vanish(at);
      } else {
        left = process;
      }
    });
    left?.recover();
    await this.stage.live(HEALING_MS, async () => {
      // There may be none left, and a handler may take the last one down.
      if (left === undefined || left.state === 'gone') {
        await this.stage.start(0);
        left = this.stage.processAt(0);
      }
      return !this.stage.oracle.everythingIsSettled();
    });
    this.stage.oracle.checkRest();
    this.stage.check();
  }
}
