import { Client } from 'pg';
import { LeaseStore } from '../../src/events';
import { median } from '../support/statistics';
import { query } from '../support/postgres';
import type { Ledger, OpenLedger } from './ledger';
import { timed } from './timed';

/** What claiming costs while a backlog is worked off on PostgreSQL. */
export interface ChurnStep {
  /** What has happened so far. */
  readonly after: string;
  /** A claim of 50, in milliseconds. */
  readonly claimMs: number;
  /** Row versions of the event table that nobody can see any more. */
  readonly deadRows: number;
  /** Of the rows that were rewritten so far, how many without a new entry in every index. */
  readonly hotShare: number;
  /** Of the index that claims read. */
  readonly dueBytes: number;
}

const BATCH = 500;
const SAMPLES = 15;
const RUN = { handler: 'billing.access', status: 'succeeded', attempts: 1, error: null } as const;

/**
 * Works off the first events as the table is set up, and then some more while a transaction that began before keeps the
 * server from removing what was left behind: somebody's report, or a backup.
 */
export async function churn(ledger: Ledger, events: number, heldUp: number): Promise<ChurnStep[]> {
  const open = await ledger.open();
  const worker = workerOf(open);
  const steps = [await step(ledger, worker, 'before')];
  try {
    for (let quarter = 1; quarter <= 4; quarter += 1) {
      await worker.drain(events / 4);
      steps.push(await step(ledger, worker, `${(quarter * events) / 4} events`));
    }
    const reader = new Client({ connectionString: ledger.address });
    await reader.connect();
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM stripe_event LIMIT 1');
    await worker.drain(heldUp);
    steps.push(await step(ledger, worker, `${heldUp} more beside a transaction that stays open`));
    await reader.end();
    await query(ledger.address, 'VACUUM stripe_event');
    steps.push(await step(ledger, worker, 'that transaction and a VACUUM'));
  } finally {
    await open.close();
  }
  return steps;
}

interface Worker {
  drain(events: number): Promise<void>;
  claimMs(): Promise<number>;
}

function workerOf({ database }: OpenLedger): Worker {
  const clocked = timed(database);
  const leases = new LeaseStore(clocked.database, {
    ...{ leaseMs: 600_000, replayRestMs: 3_600_000, orderingPatienceMs: null },
  });
  const pass = async (limit: number): Promise<number> => {
    clocked.takeMs();
    const { events } = await leases.claim(limit);
    const claimMs = clocked.takeMs();
    if (events.length < limit) {
      throw new Error('The backlog has come to its end.');
    }
    const run = { ...RUN, startedAtMs: Date.now(), finishedAtMs: Date.now() };
    await leases.write(events.map((lease) => ({ lease, run, outcome: { status: 'succeeded' } })));
    return claimMs;
  };
  return {
    drain: async (events) => {
      for (let left = events; left > 0; left -= BATCH) {
        await pass(BATCH);
      }
    },
    claimMs: async () => {
      const times: number[] = [];
      while (times.length < SAMPLES) {
        times.push(await pass(50));
      }
      return median(times);
    },
  };
}

async function step({ address }: Ledger, worker: Worker, after: string): Promise<ChurnStep> {
  const claimMs = await worker.claimMs();
  // What a connection has counted is told to the others a second later at most.
  await query(address, 'SELECT pg_stat_force_next_flush()');
  const [row] = await query(
    address,
    `SELECT n_dead_tup AS dead, n_tup_hot_upd::float / greatest(n_tup_upd, 1) AS hot, pg_relation_size('idx_stripe_event_due') AS bytes FROM pg_stat_user_tables WHERE relname = 'stripe_event'`,
  );
  const found = {
    after,
    claimMs,
    deadRows: Number(row?.dead),
    hotShare: Number(row?.hot),
    dueBytes: Number(row?.bytes),
  };
  process.stderr.write(`${JSON.stringify(found)}\n`);
  return found;
}
