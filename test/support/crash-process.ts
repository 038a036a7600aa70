import { fork, type ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import { signedDelivery } from 'nestjs-stripe-events/testing';
import { SECRET, type AppSettings, type Command, type Point, type Report } from '../crash/process/protocol';
import { waitUntil } from './wait-until';

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What a delivery was answered. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A machine that is busy with other things takes long to load a program. */
const PATIENCE_MS = 60_000;
const KEPT_OUTPUT = 4_000;
/** What a connection ends with when the process at its other end does, or is not there yet. */
const BROKEN: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** A process that runs an application, and can be taken down. */
export class CrashProcess {
  private readonly child: ChildProcess;
  private readonly reports: Report[] = [];
  private output = '';
  private loaded = false;
  private port = 0;
  private endedAs: Ending | undefined;

  constructor(program: string) {
    this.child = fork(program, { cwd: tmpdir(), execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.child.on('message', (message) => this.reports.push(message as Report));
    this.child.on('exit', (code, signal) => {
      this.endedAs = { code, signal };
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (bytes: Buffer) => {
        this.output = (this.output + bytes.toString()).slice(-KEPT_OUTPUT);
      });
    }
  }

  get ended(): boolean {
    return this.endedAs !== undefined;
  }

  /** Resolves when it can start an application at once. */
  async load(): Promise<void> {
    if (!this.loaded) {
      await this.reported('loaded');
      this.loaded = true;
    }
  }

  /** Resolves when its application is up. */
  async start(app: AppSettings): Promise<void> {
    await this.load();
    this.tell({ kind: 'start', app });
    this.port = (await this.reported('started')).port;
  }

  /** Delivers an event as Stripe does; null when there was no answer. */
  async deliver(event: unknown): Promise<Answer | null> {
    try {
      const url = `http://127.0.0.1:${this.port}/stripe/webhook`;
      const response = await fetch(url, { method: 'POST', ...signedDelivery(event, SECRET) });
      return { status: response.status, body: await response.json() };
    } catch (error) {
      if (!BROKEN.has(codeOf(error))) {
        throw error;
      }
      return null;
    }
  }

  /** Resolves when the process waits there. */
  async waitsAt(point: Point): Promise<void> {
    const { at } = await this.reported('waiting');
    if (at !== point) {
      throw new Error(`The process was to wait at ${point}, and waits at ${at}.`);
    }
  }

  goOn(): void {
    this.tell({ kind: 'go-on' });
  }

  /** Resolves when the application has begun to shut down. */
  async shutsDown(): Promise<void> {
    await this.reported('stopping');
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Resolves when the process is no more. */
  async end(): Promise<Ending> {
    await waitUntil('the process ends', () => this.ended, PATIENCE_MS).catch(this.explain);
    return this.endedAs!;
  }

  async kill(): Promise<Ending> {
    this.signal('SIGKILL');
    return this.end();
  }

  /** Closes the application in order; the process can start another one. */
  async stop(): Promise<void> {
    this.tell({ kind: 'stop' });
    await this.reported('stopped');
    this.reports.length = 0;
  }

  private tell(command: Command): void {
    // One that has just ended is found out by who waits for its answer.
    this.child.send(command, () => undefined);
  }

  private async reported<Kind extends Report['kind']>(kind: Kind): Promise<Report & { kind: Kind }> {
    const has = (): boolean => this.reports.some((each) => each.kind === kind);
    const failed = (): boolean => this.ended || this.reports.some((each) => each.kind === 'failed');
    await waitUntil(`the process says "${kind}"`, () => has() || failed(), PATIENCE_MS).catch(this.explain);
    const index = this.reports.findIndex((each) => each.kind === kind);
    if (index < 0) {
      return this.explain(new Error(`The process did not say "${kind}".`));
    }
    return this.reports.splice(index, 1)[0] as Report & { kind: Kind };
  }

  private readonly explain = (cause: unknown): never => {
    const { output, endedAs } = this;
    throw new Error(`${String(cause)}\n${JSON.stringify({ endedAs, reports: this.reports })}\n${output}`);
  };
}

function codeOf(error: unknown): unknown {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  return code ?? cause?.code;
}

/** The processes of a test file. One more than is needed is loaded in advance, since loading is what takes its time. */
export class CrashProcesses {
  private readonly idle: CrashProcess[] = [];
  private readonly all: CrashProcess[] = [];

  constructor(private readonly program: string) {
    this.add();
  }

  async start(app: AppSettings): Promise<CrashProcess> {
    if (this.idle.length < 2) {
      this.add();
    }
    const next = this.idle.shift()!;
    await next.start(app);
    return next;
  }

  /** Closes the applications that are left; their processes start the next ones. */
  async rest(): Promise<void> {
    const left = this.all.filter((process) => !process.ended && !this.idle.includes(process));
    await Promise.all(left.map((process) => process.stop()));
    this.idle.push(...left);
  }

  /** Ends all of them. */
  async close(): Promise<void> {
    await Promise.all(this.all.map((process) => process.kill()));
  }

  /** Resolves when this many processes can start at the same time. */
  async load(count: number): Promise<void> {
    while (this.idle.length < count) {
      this.add();
    }
    await Promise.all(this.idle.map((process) => process.load()));
  }

  private add(): void {
    const process = new CrashProcess(this.program);
    this.all.push(process);
    this.idle.push(process);
  }
}
