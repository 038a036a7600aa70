import { join } from 'node:path';
import { comparisons, report, VARIANTS, type Round, type Variant } from './ingest/report';
import type { LoadReport } from './ingest/load';
import { startChild, type Child } from './support/child';
import { cpuTimes, usedBetween } from './support/cpu';
import { machine } from './support/machine';
import { keepResults } from './support/results';
import { startPostgres, type BenchPostgres } from './support/postgres';

const CONNECTIONS = 64;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7);
const ROUND_MS = Number(process.env.BENCH_ROUND_MS ?? 4_000);
const WARM_UP_MS = 3_000;

/**
 * How fast deliveries are taken in, beside servers that do less. All run on one machine with the database and the load,
 * in turns, so that what disturbs one round disturbs its neighbours too: the ratios say more than the rates.
 */
async function main(): Promise<void> {
  const postgres = await startPostgres();
  try {
    const load = await startChild(join(__dirname, 'ingest', 'load.js'), []);
    const servers = await startServers(postgres);
    const rounds = await measure(servers, load, postgres.pid ?? 0);
    await Promise.all([load, ...servers.values()].map((child) => child.stop()));
    keep(rounds, { machine: machine(postgres.version), bytes: (load.ready as { bytes: number }).bytes });
  } finally {
    await postgres.remove();
  }
}

async function startServers(postgres: BenchPostgres): Promise<Map<Variant, Child>> {
  const servers = new Map<Variant, Child>();
  for (const [index, variant] of VARIANTS.entries()) {
    const url = await postgres.create(`ingest_${index}`);
    servers.set(
      variant,
      await startChild(join(__dirname, 'ingest', 'server.js'), [variant.kind, variant.platform, url]),
    );
  }
  return servers;
}

async function measure(servers: Map<Variant, Child>, load: Child, database: number): Promise<Round[]> {
  for (const server of servers.values()) {
    await apply(load, server, WARM_UP_MS);
  }
  const rounds: Round[] = [];
  for (let number = 1; number <= ROUNDS; number += 1) {
    for (const [variant, server] of servers) {
      const round = await measureOne(variant, server, { load, database, number });
      rounds.push(round);
      process.stderr.write(`round ${number}: ${variant.name} ${Math.round(round.perSecond)}/s\n`);
    }
  }
  return rounds;
}

async function measureOne(
  variant: Variant,
  server: Child,
  { load, database, number }: { load: Child; database: number; number: number },
): Promise<Round> {
  const processes = [server.pid, database, load.pid];
  const before = processes.map(cpuTimes);
  const result = await apply(load, server, ROUND_MS);
  const after = processes.map(cpuTimes);
  const [serverUs = NaN, databaseUs = NaN, loadUs = NaN] = processes.map(
    (_, index) => usedBetween(before[index] ?? new Map(), after[index] ?? new Map()) / result.answers,
  );
  if (result.refused > 0) {
    throw new Error(`${variant.name} refused ${result.refused} of ${result.answers} deliveries: nothing is measured.`);
  }
  return { variant: variant.name, number, ...result, serverUs, databaseUs, loadUs };
}

async function apply(load: Child, server: Child, durationMs: number): Promise<LoadReport> {
  const { port } = server.ready as { port: number };
  return (await load.ask({ port, connections: CONNECTIONS, durationMs })) as LoadReport;
}

function keep(rounds: readonly Round[], about: { machine: string; bytes: number }): void {
  const conditions = { ...about, connections: CONNECTIONS, rounds: ROUNDS, roundMs: ROUND_MS };
  const measurements = { ...conditions, comparisons: comparisons(rounds), measured: rounds };
  keepResults('ingest', report(rounds, conditions), measurements);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
