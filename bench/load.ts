import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Role } from './load/application';
import { countsOf, problemsIn } from './load/checks';
import type { SendProgress } from './load/sender';
import { report, type LoadRun } from './load/report';
import { startChild, type Child } from './support/child';
import { machine } from './support/machine';
import { query, startPostgres, type BenchPostgres } from './support/postgres';
import { keepResults } from './support/results';

const EVENTS = Number(process.env.BENCH_EVENTS ?? 200_000);
/** Enough for a rate. */
const EVENTS_OF_ONE_PROCESS = Math.max(1_000, Math.round(EVENTS / 5));
const REPEATED_SHARE = 0.1;
const CONNECTIONS = 48;
const LOOK_EVERY_MS = 100;

/** Which processes there are. */
interface Fleet {
  readonly receivers: number;
  readonly workers: number;
  readonly receiverRole: Role;
}

const MANY: Fleet = { receivers: 3, workers: 6, receiverRole: 'web' };
const ONE: Fleet = { receivers: 1, workers: 0, receiverRole: 'all' };

/** Sends events through a fleet in which one of each kind is killed, counts what became of them, and compares the rate. */
async function main(): Promise<void> {
  const postgres = await startPostgres({ max_connections: '200' });
  try {
    const one = await run(postgres, 'one', { fleet: ONE, events: EVENTS_OF_ONE_PROCESS, kills: false });
    const many = await run(postgres, 'many', { fleet: MANY, events: EVENTS, kills: true });
    const about = { machine: machine(postgres.version), repeatedShare: REPEATED_SHARE, connections: CONNECTIONS };
    keepResults('load', report(many, one, about), { ...about, many, one });
  } finally {
    await postgres.remove();
  }
}

interface Plan {
  readonly fleet: Fleet;
  readonly events: number;
  /** Whether a receiver and a worker are killed, and replaced. */
  readonly kills: boolean;
}

async function run(postgres: BenchPostgres, name: string, { fleet, events, kills }: Plan): Promise<LoadRun> {
  const url = await postgres.create(`load_${name}`);
  await query(url, 'CREATE TABLE effect (event varchar(64) NOT NULL)');
  const processes = new Processes(url);
  await processes.startAll(fleet);
  const sender = await startChild(join(__dirname, 'load', 'sender.js'), []);
  const begin = performance.now();
  const ports = processes.receivers.map(portOf);
  const connectionsPerPort = CONNECTIONS / ports.length;
  await sender.ask({ start: { events, repeatedShare: REPEATED_SHARE, ports, connectionsPerPort } });
  if (kills) {
    await until(sender, ({ acknowledged }) => acknowledged > events / 3);
    await sender.ask({ replace: { receiver: 0, port: portOf(await processes.replaceReceiver(fleet.receiverRole)) } });
    await until(sender, ({ acknowledged }) => acknowledged > events / 2);
    await processes.replaceWorker();
  }
  const sent = await until(sender, ({ done }) => done);
  const receivedSeconds = (performance.now() - begin) / 1000;
  await settled(url);
  const seconds = (performance.now() - begin) / 1000;
  const counts = await countsOf(url);
  await Promise.all([sender.stop(), processes.stop()]);
  return exact({ events, seconds, receivedSeconds, sent, counts });
}

/** The processes of one run. */
class Processes {
  readonly receivers: Child[] = [];
  private readonly workers: Child[] = [];

  constructor(private readonly url: string) {}

  /** The first one alone, since it makes the tables. */
  async startAll({ receivers, workers, receiverRole }: Fleet): Promise<void> {
    this.receivers.push(await this.start(receiverRole));
    const others = Array.from({ length: receivers - 1 }, () => this.start(receiverRole));
    const working = Array.from({ length: workers }, () => this.start('worker'));
    this.receivers.push(...(await Promise.all(others)));
    this.workers.push(...(await Promise.all(working)));
  }

  /** Kills the first one, and starts another in its place. */
  async replaceReceiver(role: Role): Promise<Child> {
    await this.receivers.shift()?.stop('SIGKILL');
    const next = await this.start(role);
    this.receivers.unshift(next);
    return next;
  }

  async replaceWorker(): Promise<void> {
    await this.workers.shift()?.stop('SIGKILL');
    this.workers.push(await this.start('worker'));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.receivers, ...this.workers].map((child) => child.stop()));
  }

  private start(role: Role): Promise<Child> {
    return startChild(join(__dirname, 'load', 'process.js'), [role, this.url]);
  }
}

function portOf(child: Child): number {
  return (child.ready as { port: number }).port;
}

/** Asks the sender until it is so far. */
async function until(sender: Child, isSoFar: (progress: SendProgress) => boolean): Promise<SendProgress> {
  for (;;) {
    const progress = (await sender.ask({})) as SendProgress;
    if (isSoFar(progress)) {
      return progress;
    }
    await setTimeout(LOOK_EVERY_MS);
  }
}

async function settled(url: string): Promise<void> {
  const open = `SELECT id FROM stripe_event WHERE status = 'processing'
 UNION ALL SELECT id FROM stripe_event WHERE status = 'pending' LIMIT 1`;
  while ((await query(url, open)).length > 0) {
    await setTimeout(LOOK_EVERY_MS);
  }
}

/** Nothing is measured where anything was lost or doubled. */
function exact(run: LoadRun): LoadRun {
  const problems = problemsIn(run.counts, run.events, run.sent);
  if (problems.length > 0) {
    throw new Error(`The counts are not exact:\n${problems.join('\n')}`);
  }
  process.stderr.write(`${run.events} events: ${Math.round(run.events / run.seconds)}/s\n`);
  return run;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
