import { afterAll, afterEach, beforeAll, jest } from '@jest/globals';
import { crashProgram } from './crash-program';
import { CrashProcesses } from './crash-process';
import { CrashScene } from './crash-scene';
import { databases, type DatabaseKind } from './databases';

/** One database of each family: a second PostgreSQL would show nothing else. */
export const crashDatabases: readonly DatabaseKind[] = databases.filter(({ name }) => name !== 'postgres');

const LONGEST_TEST_MS = 120_000;

/** The scenes of a test file. */
export interface CrashScenes {
  /**
   * Opens a scene on a database of its own; it is closed when the test ends.
   *
   * @param migrationsRun false for a database without the ledger's tables
   */
  open(kind: DatabaseKind, migrationsRun?: boolean): Promise<CrashScene>;
  /** Resolves when this many processes can start at the same time. */
  load(count: number): Promise<void>;
}

/** To be called once by a test file that takes processes down. */
export function crashScenes(): CrashScenes {
  const opened: CrashScene[] = [];
  let processes: CrashProcesses | undefined;
  const ready = (): CrashProcesses => processes!;

  jest.setTimeout(LONGEST_TEST_MS);
  beforeAll(async () => {
    processes = new CrashProcesses(await crashProgram());
  });
  afterEach(async () => {
    await ready().rest();
    await Promise.all(opened.splice(0).map((scene) => scene.close()));
  });
  afterAll(() => processes?.close());

  return {
    open: async (kind, migrationsRun = true) => {
      const scene = await CrashScene.open(kind, ready(), migrationsRun);
      opened.push(scene);
      return scene;
    },
    load: (count) => ready().load(count),
  };
}
