import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { churn } from './scale/churn';
import { postgresLedger, sqliteLedger, type Ledger } from './scale/ledger';
import { measure, measureWork } from './scale/measure';
import { report, type Measured } from './scale/report';
import { machine } from './support/machine';
import { query, startPostgres } from './support/postgres';
import { keepResults } from './support/results';

/** How many events the ledgers have; with ten million, 20 GB of disk and half an hour are needed. */
const SIZES = (process.env.SCALE_ROWS ?? '10000,1000000,10000000').split(',').map(Number);
const FAMILIES = (process.env.SCALE_DATABASES ?? 'postgres,sqlite').split(',');
const ROUNDS = Number(process.env.SCALE_ROUNDS ?? 40);
/** Ledgers are kept where they are asked for: the next run finds them filled. */
const FOLDER = process.env.SCALE_FOLDER;
const SERVER = process.env.SCALE_POSTGRES;
/** `fill` alone, to measure when the machine is quiet. */
const STEP = process.env.SCALE_STEP ?? 'measure';
const BODIES_UP_TO = 100_000;
/** How many events are worked off, with and without somebody in the way of cleaning up; 0 for none. */
const CHURN = Number(process.env.SCALE_CHURN ?? 1_000_000);
const HELD_UP = CHURN / 5;

/** How the cost of each statement grows with what is stored. */
async function main(): Promise<void> {
  const postgres = SERVER === undefined && FAMILIES.includes('postgres') ? await startPostgres() : undefined;
  const server = SERVER ?? (await postgres?.create('scale'));
  const folder = FOLDER ?? mkdtempSync(join(tmpdir(), 'stripe-events-bench-'));
  try {
    const ledgers = await fillAll(server, folder);
    const backlog = CHURN > 0 && server !== undefined ? await backlogOf(server) : undefined;
    if (STEP === 'fill') {
      return;
    }
    const measured: Measured[] = [];
    for (const ledger of ledgers) {
      const sizes = await ledger.sizes();
      const timings = await timed(ledger, () => measure(ledger, ROUNDS));
      measured.push({ family: ledger.family, events: ledger.events, sizes, timings });
    }
    const few = ledgers.find(({ family, events }) => family === 'postgres' && events === 1_000_000);
    // Again, since a machine is not the same all the time.
    const beside = backlog && few && (await timed(few, () => measureWork(few, ROUNDS)));
    const work = backlog && (await timed(backlog, () => measureWork(backlog, ROUNDS)));
    const steps = backlog && (await timed(backlog, () => churn(backlog, CHURN, HELD_UP)));
    const machineLine = machine(`${await versionOf(server)} and SQLite`);
    const results = {
      machine: machineLine,
      measured,
      ...(beside && { beside }),
      ...(work && { backlog: work }),
      ...(steps && { churn: steps }),
    };
    keepResults('scale', report(results), results);
  } finally {
    await postgres?.remove();
    if (FOLDER === undefined) {
      rmSync(folder, { recursive: true });
    }
  }
}

async function fillAll(server: string | undefined, folder: string): Promise<Ledger[]> {
  const ledgers: Ledger[] = [];
  for (const family of FAMILIES) {
    for (const count of SIZES) {
      const filling = { count, nowMs: Date.now(), bodies: count <= BODIES_UP_TO };
      const make = (): Promise<Ledger> =>
        family === 'sqlite' ? sqliteLedger(folder, filling) : postgresLedger(server ?? '', filling);
      ledgers.push(await timed({ family, events: count }, make));
    }
  }
  return ledgers;
}

/** As many due events as are worked off, and enough behind them. */
function backlogOf(server: string): Promise<Ledger> {
  const count = CHURN + HELD_UP + 50_000;
  const filling = { count, nowMs: Date.now(), bodies: false, backlog: count };
  return timed({ family: 'postgres', events: count }, () => postgresLedger(server, filling));
}

async function timed<T>({ family, events }: { family: string; events: number }, work: () => Promise<T>): Promise<T> {
  const begin = performance.now();
  const result = await work();
  process.stderr.write(`${family}, ${events} events: ${Math.round((performance.now() - begin) / 1000)} s\n`);
  return result;
}

async function versionOf(server: string | undefined): Promise<string> {
  const rows = server === undefined ? [] : await query(server, 'SHOW server_version');
  return rows.map(({ server_version: version }) => `PostgreSQL ${String(version)}`).join();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
