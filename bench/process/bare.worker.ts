import Database from 'better-sqlite3';
import { Client } from 'pg';
import type { Drained } from './module.worker';

const BATCH = 50;
const CONNECTIONS = 2;
const RUN_COLUMNS = 'event_id, replay_no, handler, status, attempts, started_at, finished_at, duration_ms';
const LEASE_MS = 60_000;

/** What of the events is read. */
export interface BareReads {
  /** Whether the columns of the events, their bodies and their customers are fetched, as a handler is given them. */
  readonly whole: boolean;
}

interface Claimed {
  readonly id: string;
  readonly lease_no: number;
  readonly stripe_customer_id?: string;
}

/** The bare claim and completion over `pg`, on two connections: what a worker cannot do without, and nothing else. */
export async function drainPostgresBare(url: string, reads: BareReads): Promise<Drained> {
  const clients = Array.from({ length: CONNECTIONS }, () => new Client({ connectionString: url }));
  await Promise.all(clients.map((client) => client.connect()));
  const begin = performance.now();
  const counts = await Promise.all(clients.map((client) => drainOver(client, reads)));
  const seconds = (performance.now() - begin) / 1000;
  await Promise.all(clients.map((client) => client.end()));
  return { events: counts.reduce((sum, count) => sum + count, 0), seconds };
}

async function drainOver(client: Client, { whole }: BareReads): Promise<number> {
  const now = '(extract(epoch from statement_timestamp()) * 1000)::bigint';
  const claim = `WITH picked AS MATERIALIZED (SELECT id FROM stripe_event WHERE status = 'pending' AND lane = 0
 AND next_attempt_at <= ${now} ORDER BY next_attempt_at, id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
 UPDATE stripe_event AS taken SET status = 'processing', attempts = attempts + 1, lease_no = lease_no + 1,
 lease_until = ${now} + ${LEASE_MS} FROM picked WHERE taken.id = picked.id RETURNING ${whole ? 'taken.*' : 'taken.id, taken.lease_no'}`;
  const complete = `WITH held AS (UPDATE stripe_event AS done SET status = 'succeeded', processed_at = ${now},
 next_attempt_at = NULL, lease_until = NULL FROM unnest($1::text[], $2::int[]) AS given (id, lease_no)
 WHERE done.id = given.id AND done.lease_no = given.lease_no AND done.status = 'processing' RETURNING done.id)
 INSERT INTO stripe_event_handler_run (${RUN_COLUMNS}) SELECT id, 0, 'no-op', 'succeeded', 1, ${now}, ${now}, 0 FROM held`;
  for (let events = 0; ;) {
    const { rows } = await client.query<Claimed>({ name: 'claim', text: claim });
    if (rows.length === 0) {
      return events;
    }
    if (whole) {
      await readWhole(client, rows);
    }
    const values = [rows.map(({ id }) => id), rows.map((row) => row.lease_no)];
    await client.query({ name: 'complete', text: complete, values });
    events += rows.length;
  }
}

async function readWhole(client: Client, rows: readonly Claimed[]): Promise<void> {
  const bodies = 'SELECT event_id, part, encoding, body FROM stripe_event_payload WHERE event_id = ANY($1)';
  const customers = "SELECT * FROM stripe_customer WHERE endpoint = 'default' AND stripe_id = ANY($1)";
  await Promise.all([
    client.query({ name: 'bodies', text: bodies, values: [rows.map(({ id }) => id)] }),
    client.query({ name: 'customers', text: customers, values: [rows.map((row) => row.stripe_customer_id)] }),
  ]);
}

/** The same with `better-sqlite3`, as durable as the module's own connection. */
export function drainSqliteBare(file: string, { whole }: BareReads): Drained {
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  const now = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";
  const claim = database.prepare(`UPDATE stripe_event SET status = 'processing', attempts = attempts + 1,
 lease_no = lease_no + 1, lease_until = ${now} + ${LEASE_MS} WHERE id IN (SELECT id FROM stripe_event
 WHERE status = 'pending' AND lane = 0 AND next_attempt_at <= ${now} ORDER BY next_attempt_at, id LIMIT ${BATCH})
 RETURNING ${whole ? '*' : 'id, lease_no'}`);
  const body = database.prepare('SELECT event_id, part, encoding, body FROM stripe_event_payload WHERE event_id = ?');
  const customer = database.prepare("SELECT * FROM stripe_customer WHERE endpoint = 'default' AND stripe_id = ?");
  const settle = database.prepare(`UPDATE stripe_event SET status = 'succeeded', processed_at = ${now},
 next_attempt_at = NULL, lease_until = NULL WHERE id = ? AND lease_no = ? AND status = 'processing'`);
  const record = database.prepare(
    `INSERT INTO stripe_event_handler_run (${RUN_COLUMNS}) VALUES (?, 0, 'no-op', 'succeeded', 1, ${now}, ${now}, 0)`,
  );
  const complete = database.transaction((rows: Claimed[]) => {
    for (const row of rows) {
      settle.run(row.id, row.lease_no);
      record.run(row.id);
    }
  });
  const begin = performance.now();
  for (let events = 0; ;) {
    const rows = claim.all() as Claimed[];
    if (rows.length === 0) {
      database.close();
      return { events, seconds: (performance.now() - begin) / 1000 };
    }
    if (whole) {
      rows.forEach((row) => [body.all(row.id), customer.all(row.stripe_customer_id)]);
    }
    complete(rows);
    events += rows.length;
  }
}
