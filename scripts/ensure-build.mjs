// Builds the library and the demo when a source is newer than what was built from it; one process at a time.
import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const LOCK = 'node_modules/.cache/nestjs-stripe-events-build.lock';
const BUILT = [
  'dist/index.js',
  'dist/testing/index.js',
  'dist/admin/dashboard/built-files.js',
  'build/demo/main.js',
  'build/demo/run-demo.js',
];
const SOURCES = ['src', 'dashboard', 'demo'];
const CONFIGURATION = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'demo/tsconfig.json'];

/** Resolves once what is built is what the sources say; ends the process when it cannot be built. */
export async function ensureBuild() {
  await lock();
  try {
    if (!isCurrent()) build();
  } finally {
    rmSync(LOCK, { force: true });
  }
}

function build() {
  console.error('Building …');
  // Its words go to stderr: stdout is the application's.
  const { status } = spawnSync('npm run --silent build', { stdio: ['ignore', 2, 2], shell: true });
  if (status !== 0) {
    rmSync(LOCK, { force: true });
    process.exit(status ?? 1);
  }
}

function isCurrent() {
  return Math.min(...BUILT.map(changedAt)) >= Math.max(...SOURCES.map(newest), ...CONFIGURATION.map(changedAt));
}

function changedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Folders count too: they change when a file is added, renamed or deleted. */
function newest(folder) {
  const entries = readdirSync(folder, { recursive: true }).filter((name) => !name.endsWith('.spec.ts'));
  return Math.max(...entries.map((name) => changedAt(join(folder, name))));
}

/** The lock of a process that was killed is taken over. */
async function lock() {
  mkdirSync(dirname(LOCK), { recursive: true });
  while (!taken()) {
    if (isDead(holder())) rmSync(LOCK, { force: true });
    else await pause(100);
  }
}

function taken() {
  const mine = `${LOCK}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, LOCK);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(mine, { force: true });
  }
}

function holder() {
  try {
    return Number(readFileSync(LOCK, 'utf8'));
  } catch {
    // Given back just now.
    return process.pid;
  }
}

function isDead(pid) {
  try {
    return !process.kill(pid, 0);
  } catch (error) {
    return error.code === 'ESRCH';
  }
}
