import type { LedgerDatabase, OpenTransaction, Row, Statement, UnitOfWork } from '../../src/database';
import type { LedgerConnection } from '../../src/database/ledger-connection';
import type { Gates } from './gates';
import type { Mutant } from './mutants';
import type { SimulatedProcess } from './simulated-process';

/** In what a process is taking part: what it may change depends on it. */
export type Role = 'work' | 'record' | 'replay' | 'prune';

/** Who did something to the database. */
export interface Actor {
  readonly process: SimulatedProcess;
  readonly role: Role;
}

/** A call of the database that fails. */
export interface Fault {
  /** Nothing was done, half was done and undone, or all but the answer. */
  readonly when: 'before' | 'middle' | 'after';
  /** What is at fault: the disk, or, as the database says, the statement. */
  readonly why: 'disk' | 'statement';
}

/** What the connections of a history need of it. */
export interface LedgerScene {
  readonly gates: Gates<SimulatedProcess>;
  readonly mutant?: Mutant | undefined;
  /** Called before an actor's statements: what was committed until now, the one before has done. */
  acting(actor: Actor): void;
  /** Called when statements are done. */
  committed(): void;
}

/** The process's ledger as one of its parts uses it: real, but on the history's time and gated at every call. */
export function simulatedLedger(actor: Actor, scene: LedgerScene): LedgerDatabase {
  const real = actor.process.connections.ledger;
  const { connection } = real as unknown as { connection: LedgerConnection };
  return Object.defineProperties(Object.create(real) as LedgerDatabase, {
    dialect: { value: { ...real.dialect, now: 'test_now()' } },
    connection: { value: new SimulatedConnection(connection, actor, scene) },
  });
}

class SimulatedConnection implements LedgerConnection {
  readonly pool = null;

  constructor(
    private readonly inner: LedgerConnection,
    private readonly actor: Actor,
    private readonly scene: LedgerScene,
  ) {}

  async run<T>(unit: UnitOfWork<T>, timeoutMs: number): Promise<T> {
    return this.answered('run', (fault) => this.inner.run(this.watched(unit, fault), timeoutMs));
  }

  transaction<T>(work: (open: OpenTransaction) => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.answered('transaction', async (fault) => {
      const late: (() => Promise<unknown>)[] = [];
      const result = await this.inner.transaction(async (open) => {
        await this.pass('begun');
        const done = await work({
          manager: open.manager,
          within: async (unit) => {
            await this.pass('within');
            const watched = this.watched(unit, fault);
            if (this.scene.mutant?.recordsRunsAfterCommit === true) {
              late.push(() => this.run(unit, 1_000));
              return undefined as never;
            }
            return open.within(watched);
          },
        });
        await this.pass('commit');
        this.scene.acting(this.actor);
        return done;
      }, signal);
      this.scene.committed();
      await Promise.all(late.map((record) => record()));
      return result;
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Waits at a gate before and after, so that the process can vanish or be overtaken at both. */
  private async answered<T>(what: string, act: (fault: Fault | undefined) => Promise<T>): Promise<T> {
    const { process } = this.actor;
    await this.pass(what);
    const fault = process.takeFault();
    if (fault?.when === 'before') {
      process.failures += 1;
      throw new StorageFault(fault);
    }
    const result = await this.tried(what, () => act(fault));
    await this.pass(`${what} done`);
    if (fault?.when === 'after') {
      process.failures += 1;
      throw new StorageFault(fault);
    }
    return result;
  }

  private async tried<T>(what: string, act: () => Promise<T>): Promise<T> {
    const { process } = this.actor;
    process.underWay += 1;
    try {
      return await act();
    } catch (error) {
      process.failures += 1;
      await this.pass(`${what} failed`);
      throw error;
    } finally {
      process.underWay -= 1;
      this.scene.committed();
    }
  }

  private pass(at: string): Promise<void> {
    return this.scene.gates.pass(this.actor.process, `${this.actor.role} ${at}`);
  }

  private watched<T>(unit: UnitOfWork<T>, fault: Fault | undefined): UnitOfWork<T> {
    const steps = (): Generator<Statement, T, Row[]> => this.steps(unit, fault);
    return { single: unit.single, steps };
  }

  private *steps<T>(unit: UnitOfWork<T>, fault: Fault | undefined): Generator<Statement, T, Row[]> {
    const { state } = this.actor.process;
    if (state !== 'running') {
      // A connection that found the database busy tries again by a timer, which no gate holds up.
      throw Object.assign(new Error(`The process is ${state}.`), { code: state === 'gone' ? 'GONE' : 'SQLITE_BUSY' });
    }
    this.scene.acting(this.actor);
    const steps = unit.steps();
    let step = steps.next();
    for (let done = 0; step.done !== true; done += 1) {
      if (fault?.when === 'middle' && done > 0) {
        throw new StorageFault(fault);
      }
      const { sql, ...rest } = step.value;
      step = steps.next(yield { sql: this.scene.mutant?.sql?.(sql) ?? sql, ...rest });
    }
    return step.value;
  }
}

/** What a disk that fails looks like, or a statement that is refused. */
class StorageFault extends Error {
  readonly code: string;

  constructor({ why }: Fault) {
    super(why === 'disk' ? 'disk I/O error' : 'CHECK constraint failed');
    this.code = why === 'disk' ? 'SQLITE_IOERR' : 'SQLITE_CONSTRAINT_CHECK';
  }
}
