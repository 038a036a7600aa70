import { chownSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locatePostgresBinaries, runPostgresProgram, type PostgresBinaries } from './embedded-postgres-binaries';

/** A PostgreSQL of the test's own, which it may take away and give back. */
export interface PostgresServer {
  url: string;
  /** Ends the server and its connections; `immediate` is the power cut: no checkpoint, recovery at the next start. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
  /** Starts it again (stopping it first if it runs), with the same data on the same port. */
  restart(): Promise<void>;
  /** Ends it and deletes its data. Forgotten servers are removed when the test run ends. */
  remove(): Promise<void>;
}

/** `name=value` settings, written over those of the tests. */
export type PostgresSettings = Record<string, string>;

const RUN_FOLDER_VARIABLE = 'TEST_EMBEDDED_POSTGRES_RUN';
const RUN_FOLDER = /^stripe-events-postgres-run-(\d+)$/;
const SETTINGS: PostgresSettings = {
  fsync: 'on',
  listen_addresses: '127.0.0.1',
  max_connections: '200',
  unix_socket_directories: '',
};

let servers = 0;

/** Starts a separate server on a free port, with an empty database `postgres`. */
export async function startPostgresServer(settings: PostgresSettings = {}): Promise<PostgresServer> {
  const binaries = locatePostgresBinaries();
  const data = newDataFolder(binaries);
  await runPostgresProgram(binaries, 'initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', ...INITDB_FLAGS]);
  const port = await freePort();
  const server = { binaries, data, port, settings: { ...SETTINGS, ...settings } };
  await start(server);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: (mode = 'fast') => stop(binaries, data, mode),
    restart: async () => {
      await stop(binaries, data, 'fast');
      await start(server);
    },
    remove: async () => {
      await stop(binaries, data, 'immediate');
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Ends every server that this test run started, in whichever process, and those of runs that were killed. */
export async function removePostgresServers(): Promise<void> {
  const mine = process.env[RUN_FOLDER_VARIABLE];
  const folders = abandonedRunFolders().concat(mine === undefined ? [] : [mine]);
  for (const folder of folders) await removeRunFolder(folder);
}

/** Makes the folder in which this run keeps its servers; the workers learn it from the environment. */
export function openPostgresRun(): void {
  const folder = join(tmpdir(), `stripe-events-postgres-run-${process.pid}`);
  mkdirSync(folder, { mode: 0o755 });
  process.env[RUN_FOLDER_VARIABLE] = folder;
}

/** No locale, so that the order of text is the same on each machine; no sync, since the folder is new. */
const INITDB_FLAGS = ['-E', 'UTF8', '--no-locale', '--no-sync'];

interface RunningServer {
  binaries: PostgresBinaries;
  data: string;
  port: number;
  settings: PostgresSettings;
}

async function start({ binaries, data, port, settings }: RunningServer): Promise<void> {
  const flags = Object.entries(settings).map(([name, value]) => `-c ${name}='${value}'`);
  const options = [`-p ${port}`, ...flags].join(' ');
  await runPostgresProgram(binaries, 'pg_ctl', [
    '-D',
    data,
    '-l',
    join(data, 'server.log'),
    '-o',
    options,
    '-w',
    'start',
  ]);
}

async function stop(binaries: PostgresBinaries, data: string, mode: 'fast' | 'immediate'): Promise<void> {
  if (!existsSync(join(data, 'postmaster.pid'))) return;
  await runPostgresProgram(binaries, 'pg_ctl', ['-D', data, '-m', mode, '-w', 'stop']);
}

function newDataFolder({ user }: PostgresBinaries): string {
  const run = process.env[RUN_FOLDER_VARIABLE];
  if (run === undefined) throw new Error(`${RUN_FOLDER_VARIABLE} is not set: call openPostgresRun() first.`);
  servers += 1;
  const folder = join(run, `${process.pid}-${Date.now()}-${servers}`);
  mkdirSync(folder, { mode: 0o700 });
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  return folder;
}

async function removeRunFolder(folder: string): Promise<void> {
  const binaries = locatePostgresBinaries();
  for (const data of readdirSync(folder)) await stop(binaries, join(folder, data), 'immediate').catch(() => undefined);
  rmSync(folder, { recursive: true, force: true });
}

function abandonedRunFolders(): string[] {
  const names = readdirSync(tmpdir()).filter((name) => !isAlive(Number(RUN_FOLDER.exec(name)?.[1])));
  return names.map((name) => join(tmpdir(), name));
}

function isAlive(pid: number): boolean {
  if (Number.isNaN(pid)) return true;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's process cannot be asked, and is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
