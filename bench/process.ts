import Database from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backlogStatements, POSTGRES, SQLITE } from './process/backlog';
import type { Drained } from './process/module.worker';
import { startChild } from './support/child';
import { machine } from './support/machine';
import { query, startPostgres } from './support/postgres';
import { keepResults } from './support/results';
import { median, readable } from './support/statistics';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const EVENTS = Number(process.env.BENCH_EVENTS ?? 30_000);
const WORKER = join(__dirname, 'process', 'worker.js');

/** The module; its statements without it; of these the claim and the completion alone. */
const KINDS = ['module', 'whole', 'bare'] as const;
type Kind = (typeof KINDS)[number];

/** A database with the ledger's tables in it. */
interface Ledger {
  readonly family: 'postgres' | 'sqlite';
  readonly address: string;
  refill(count: number): Promise<void>;
}

interface Round {
  readonly family: Ledger['family'];
  readonly kind: Kind;
  readonly perSecond: number;
}

/** How fast a backlog is worked off, beside the bare statements without which none can be. */
async function main(): Promise<void> {
  const postgres = await startPostgres();
  const folder = mkdtempSync(join(tmpdir(), 'stripe-events-bench-'));
  try {
    const ledgers = [postgresLedger(await postgres.create('process')), sqliteLedger(join(folder, 'process.sqlite'))];
    const rounds: Round[] = [];
    for (const ledger of ledgers) {
      rounds.push(...(await measure(ledger)));
    }
    const text = report(rounds, machine(`${postgres.version} and SQLite`));
    keepResults('process', text, { machine: machine(postgres.version), events: EVENTS, rounds });
  } finally {
    await postgres.remove();
    rmSync(folder, { recursive: true });
  }
}

function postgresLedger(url: string): Ledger {
  const refill = async (count: number): Promise<void> => {
    for (const sql of [...backlogStatements(count, POSTGRES), 'VACUUM ANALYZE', 'CHECKPOINT']) {
      await query(url, sql);
    }
  };
  return { family: 'postgres', address: url, refill };
}

function sqliteLedger(file: string): Ledger {
  const refill = (count: number): Promise<void> => {
    const database = new Database(file);
    backlogStatements(count, SQLITE).forEach((sql) => database.exec(sql));
    database.pragma('wal_checkpoint(TRUNCATE)');
    database.close();
    return Promise.resolve();
  };
  return { family: 'sqlite', address: file, refill };
}

async function measure(ledger: Ledger): Promise<Round[]> {
  // An empty backlog is nothing to wait for: this makes the tables.
  await drain(ledger, 'module', 0);
  const rounds: Round[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const kind of KINDS) {
      await ledger.refill(EVENTS);
      const { events, seconds } = await drain(ledger, kind, EVENTS);
      if (events !== EVENTS) {
        throw new Error(`${events} of ${EVENTS} events were handled: nothing is measured.`);
      }
      process.stderr.write(`${ledger.family}, ${kind}: ${Math.round(events / seconds)}/s\n`);
      rounds.push({ family: ledger.family, kind, perSecond: events / seconds });
    }
  }
  return rounds;
}

async function drain({ family, address }: Ledger, kind: Kind, events: number): Promise<Drained> {
  const child = await startChild(WORKER, [kind, family, address, String(events)]);
  await child.stop();
  return child.ready as Drained;
}

function report(rounds: readonly Round[], machineLine: string): string {
  const rates = (family: string, kind: Kind): number[] =>
    rounds.filter((round) => round.family === family && round.kind === kind).map(({ perSecond }) => perSecond);
  const lines = ['postgres', 'sqlite'].map((family) => {
    const [module, whole, bare] = [rates(family, 'module'), rates(family, 'whole'), rates(family, 'bare')];
    const ratio = (to: number[]): string => readable(median(module.map((rate, index) => rate / (to[index] ?? NaN))), 2);
    const perSecond = [module, whole, bare].map((of) => readable(median(of)));
    return `| ${[family, ...perSecond, ratio(whole), ratio(bare)].join(' | ')} |`;
  });
  return [
    '# How fast a backlog is worked off',
    '',
    `Made by \`npm run bench:process\` on ${machineLine}; worker and database share the machine.`,
    `${readable(EVENTS)} due events of about 4 kB and 1,000 customers, one handler that does nothing, one process;`,
    `medians of ${ROUNDS} rounds, in turns with bare statements, over two connections on PostgreSQL and without a handler`,
    'to call: (a) claim 50, read their columns, bodies and customers, record 50 runs and their events; (b) the same without',
    'reading anything but the ids.',
    '',
    '| database | events per second | (a) | (b) | ratio to (a) | ratio to (b) |',
    '| --- | --: | --: | --: | --: | --: |',
    ...lines,
    '',
  ].join('\n');
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
