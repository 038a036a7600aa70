import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UlidFactory, ulidFloor } from '../../src/common';
import {
  EventPayloadStore,
  EventPruneStore,
  EventQuery,
  EventRecorder,
  HandlerRunStore,
  LeaseStore,
} from '../../src/events';
import { databases } from '../support/databases';
import { newEvent } from '../support/new-event';
import { openLedgerTables, type LedgerTables } from './ledger-tables';

const DAY = 86_400_000;
const ENDPOINT = 'partitions';

/** The statements of docs/explanation/scale.md, with two partitions: until yesterday, and since. */
function partitioned(table: string, oldTable: string): string[] {
  const border = ulidFloor(Date.now() - DAY);
  return [
    `ALTER TABLE ${table} RENAME TO ${oldTable}`,
    `CREATE TABLE ${table} (LIKE ${oldTable} INCLUDING ALL) PARTITION BY RANGE (event_id)`,
    `DROP TABLE ${oldTable}`,
    `CREATE TABLE ${table}_before PARTITION OF ${table} FOR VALUES FROM (MINVALUE) TO ('${border}')`,
    `CREATE TABLE ${table}_since PARTITION OF ${table} FOR VALUES FROM ('${border}') TO (MAXVALUE)`,
  ];
}

const servers = databases.filter(({ family }) => family === 'postgres');

describe.each(servers)('bodies and runs in partitions on $name', (kind) => {
  let tables: LedgerTables;

  beforeAll(async () => {
    tables = await openLedgerTables(kind);
    for (const table of ['stripe_event_payload', 'stripe_event_handler_run']) {
      for (const sql of partitioned(table, `${table}_unpartitioned`)) {
        await tables.database.query(sql);
      }
    }
  });
  afterAll(() => tables.close());

  const rowsOf = async (table: string): Promise<number> => {
    const [row] = await tables.database.query(`SELECT COUNT(*) AS rows FROM ${table}`);
    return Number(row?.rows);
  };

  it('are recorded, read, settled and deleted as in one table', async () => {
    const { database } = tables;
    const recorder = new EventRecorder(database, { timeoutMs: 5_000, maxWaiting: 10 });
    const old = { ...newEvent({ id: 'evt_old', type: 'a.b' }, ENDPOINT), receivedAtMs: Date.now() - 40 * DAY };
    await recorder.record(old);
    await recorder.record(newEvent({ id: 'evt_new', type: 'a.b' }, ENDPOINT));
    expect(await recorder.record(old)).toMatchObject({ isNew: false });

    const leases = new LeaseStore(database, { leaseMs: 60_000, replayRestMs: 0, orderingPatienceMs: null });
    const { events } = await leases.claim(10);
    await new EventPayloadStore(database).attachTo(events);
    expect(events.map(({ message }) => message)).toMatchObject([{ id: 'evt_old' }, { id: 'evt_new' }]);
    const run = {
      handler: 'h',
      status: 'succeeded',
      attempts: 1,
      startedAtMs: 1,
      finishedAtMs: 2,
      error: null,
    } as const;
    for (const attempts of [1, 2]) {
      const runs = events.map((lease) => ({ lease, run: { ...run, attempts } }));
      expect(await leases.write(runs)).toEqual(new Set());
    }
    expect(await leases.write(events.map((lease) => ({ lease, outcome: { status: 'succeeded' } })))).toEqual(new Set());
    expect((await new HandlerRunStore(database).runsOf(events)).get(events[0]?.id ?? '')).toHaveLength(1);
    expect(await rowsOf('stripe_event_payload_before')).toBe(1);
    expect(await rowsOf('stripe_event_handler_run_since')).toBe(1);

    await database.query(`UPDATE stripe_event SET processed_at = received_at WHERE endpoint = '${ENDPOINT}'`);
    expect(await new EventPruneStore(database).prune(30)).toBe(1);
    expect(await rowsOf('stripe_event_payload')).toBe(1);
    expect(await rowsOf('stripe_event_handler_run')).toBe(1);
  });

  it('leave events behind without a body when a partition is dropped', async () => {
    const { database } = tables;
    const id = new UlidFactory().next(Date.now() - 2 * DAY);
    await tables.events([{ id, endpoint: ENDPOINT, stripeId: 'evt_kept' }]);
    await database.query(`INSERT INTO stripe_event_payload VALUES ('${id}', 0, 'utf8', '{}')`);

    await database.query('DROP TABLE stripe_event_payload_before');

    const event = await new EventQuery(database).find('evt_kept', ENDPOINT);
    await new EventPayloadStore(database).attachTo(event === null ? [] : [event]);
    expect(event).toMatchObject({ stripeId: 'evt_kept' });
    expect(event?.message).toBeUndefined();
  });
});
