import { median, quantile } from '../support/statistics';
import type { Ledger } from './ledger';
import { operations, rareOperations, working, whatIsKnown, type Operation } from './operations';
import { timed, type TimedDatabase } from './timed';

/** How long something takes, in milliseconds. */
export interface Timing {
  readonly name: string;
  readonly times: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  /** What the server writes to its log for it, in bytes; where it tells. */
  readonly writtenBytes?: number;
}

/** How much the server has written to its log so far. */
type Written = (() => Promise<number>) | undefined;

/** So many that the events which the ledger was filled with have been worked off. */
const WARM_UP = 6;
/** What takes long is measured less often, but so often at least. */
const ENOUGH_MS = 4_000;
const LEAST_TIMES = 3;

/** Measures everything in turns, so that what disturbs the machine disturbs all of it. */
export async function measure(ledger: Ledger, rounds: number): Promise<Timing[]> {
  const { database, written, close } = await ledger.open();
  try {
    const known = await whatIsKnown(database);
    const clocked = timed(database);
    return [
      ...(await inTurns(operations(clocked.database, known, ledger.events), clocked, rounds, written)),
      ...(await inTurns(rareOperations(clocked.database, database), clocked, LEAST_TIMES, written)),
    ];
  } finally {
    await close();
  }
}

/** Measures what happens all the time, and nothing else. */
export async function measureWork(ledger: Ledger, rounds: number): Promise<Timing[]> {
  const { database, written, close } = await ledger.open();
  try {
    const clocked = timed(database);
    return await inTurns(working(clocked.database, ledger.events), clocked, rounds, written);
  } finally {
    await close();
  }
}

async function inTurns(
  all: readonly Operation[],
  clocked: TimedDatabase,
  rounds: number,
  written: Written,
): Promise<Timing[]> {
  const found = new Map<Operation, Sample[]>(all.map((operation) => [operation, []]));
  for (let round = -WARM_UP; round < rounds; round += 1) {
    for (const operation of all) {
      const samples = found.get(operation) ?? [];
      const spent = samples.reduce((sum, { ms }) => sum + ms, 0);
      if (spent > ENOUGH_MS && samples.length >= LEAST_TIMES) {
        continue;
      }
      const sample = await once(operation, clocked, written);
      // What takes a second is not made quicker by having been done before.
      if (round >= 0 || sample.ms > 1_000) {
        samples.push(sample);
      }
    }
  }
  return [...found].map(([{ name }, samples]) => timingOf(name, samples));
}

interface Sample {
  readonly ms: number;
  readonly bytes: number;
}

async function once(operation: Operation, clocked: TimedDatabase, written: Written): Promise<Sample> {
  await operation.prepare?.();
  const before = (await written?.()) ?? NaN;
  clocked.takeMs();
  await operation.run();
  const ms = clocked.takeMs();
  return { ms, bytes: ((await written?.()) ?? NaN) - before };
}

function timingOf(name: string, samples: readonly Sample[]): Timing {
  const times = samples.map(({ ms }) => ms);
  const bytes = median(samples.map((sample) => sample.bytes));
  return {
    ...{ name, times: times.length, medianMs: median(times), p95Ms: quantile(times, 0.95) },
    ...(Number.isNaN(bytes) ? {} : { writtenBytes: bytes }),
  };
}
