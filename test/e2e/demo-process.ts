import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { waitUntil } from '../support/wait-until';

const RUN_BUILT = 'scripts/run-built.mjs';
const READY = /Ready on (http:\/\/[\d.:]+)/;
const STAYS_UP = /The application stays up/;

export const ADMIN_TOKEN = 'admin-token-of-the-demo-spec';
export const SECRET = 'whsec_of_the_demo_spec';

/** A started program of the demo. */
export interface DemoProcess {
  readonly pid: number;
  readonly baseUrl: string;
  /** What it wrote so far. */
  stdout(): string;
  stderr(): string;
  /** Sends a signal, and resolves with how it ended. */
  end(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** How a program of the demo ended that ends by itself. */
export interface DemoEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Variables of the program; an undefined one is not set. */
export type DemoEnvironment = Readonly<Record<string, string | undefined>>;

const running = new Set<ChildProcess>();

/** Builds the library and the demo, unless they are. */
export async function buildDemo(): Promise<void> {
  await promisify(execFile)(process.execPath, [RUN_BUILT]);
}

/** Starts the application, and resolves once it says that it is ready. */
export function startApplication(env: DemoEnvironment): Promise<DemoProcess> {
  return started(process.execPath, [RUN_BUILT, 'main'], env, READY);
}

/** `npm start`, as a user types it. */
export function npmStart(env: DemoEnvironment): Promise<DemoProcess> {
  return started('npm', ['start'], env, READY);
}

/** `npm run demo` without `--exit`, once it has told its story. */
export function startDemonstration(env: DemoEnvironment): Promise<DemoProcess> {
  return started(process.execPath, [RUN_BUILT, 'run-demo'], env, STAYS_UP);
}

/** Runs a program of the demo to its end. */
export async function runDemo(args: readonly string[], env: DemoEnvironment): Promise<DemoEnd> {
  const { child, stdout, stderr } = launch(process.execPath, [RUN_BUILT, ...args], env);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: stdout(), stderr: stderr() };
}

/** Ends what a failed test left behind. */
export function killDemoProcesses(): void {
  running.forEach((child) => child.kill('SIGKILL'));
}

async function started(command: string, args: string[], env: DemoEnvironment, sign: RegExp): Promise<DemoProcess> {
  const { child, stdout, stderr } = launch(command, args, env);
  await waitUntil(
    'the program says that it is ready',
    () => {
      if (child.exitCode !== null) throw new Error(`It ended with code ${child.exitCode}: ${stdout()}${stderr()}`);
      return sign.test(stdout());
    },
    90_000,
  );
  const baseUrl = (READY.exec(stdout()) ?? /(http:\/\/[\d.:]+)/.exec(stdout()))?.[1] ?? '';
  const end = async (signal: NodeJS.Signals) => {
    const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    child.kill(signal);
    const [code, endedBy] = await closed;
    return { code, signal: endedBy };
  };
  return { pid: child.pid ?? 0, baseUrl, stdout, stderr, end };
}

function launch(command: string, args: readonly string[], env: DemoEnvironment) {
  const child = spawn(command, args, { env: { ...inherited(), ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('close', () => running.delete(child));
  return { child, stdout: collected(child.stdout), stderr: collected(child.stderr) };
}

/** Nothing of the developer's own settings, and nothing that jest sets. */
function inherited(): DemoEnvironment {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME, PORT: '0', STRIPE_ADMIN_TOKEN: ADMIN_TOKEN, STRIPE_WEBHOOK_SECRET: SECRET };
}

function collected(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => (text += chunk));
  return () => text;
}
