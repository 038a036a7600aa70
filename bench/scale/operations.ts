import { UlidFactory } from '../../src/common';
import type { LedgerDatabase } from '../../src/database';
import {
  EventEntity,
  EventPruneStore,
  EventQuery,
  EventRecorder,
  EventReplayStore,
  EventStatsQuery,
  LeaseStore,
  type EventListFilter,
  type NewEvent,
} from '../../src/events';
import { newEvent } from '../../test/support/new-event';
import { customersOf, RARE } from './rows';

/** Something the module does, and is measured at it. */
export interface Operation {
  readonly name: string;
  /** What has to be known for it, each time; it is not measured. */
  prepare?(): Promise<void>;
  run(): Promise<unknown>;
}

const BATCH = 50;
const DAY_MS = 24 * 60 * 60 * 1000;
const RUN = { handler: 'billing.access', status: 'succeeded', attempts: 1, error: null } as const;
const LEASE = { leaseMs: 60_000, replayRestMs: 3_600_000 };

/** Facts about what is stored, with which questions are asked that have an answer. */
export interface Known {
  readonly newestMs: number;
  /** An event in the middle of the list. */
  readonly middle: EventEntity;
  /** One of the first events. */
  readonly early: EventEntity;
}

export async function whatIsKnown(database: LedgerDatabase): Promise<Known> {
  const table = database.table(EventEntity);
  const [row] = await database.query(
    `SELECT MAX(received_at) AS newest, MIN(received_at) AS oldest FROM ${table} WHERE id >= (SELECT MAX(id) FROM ${table}) OR id <= (SELECT MIN(id) FROM ${table})`,
  );
  const [newestMs, oldestMs] = [Number(row?.newest), Number(row?.oldest)];
  const query = new EventQuery(database);
  const before = async (ms: number): Promise<EventEntity> => {
    const { data } = await query.list({ to: new Date(ms), limit: 10 });
    const found = data.find(({ objectId, stripeCustomerId }) => objectId !== null && stripeCustomerId !== null);
    if (found === undefined) {
      throw new Error('The ledger is not filled.');
    }
    return found;
  };
  const middle = await before((newestMs + oldestMs) / 2);
  return { newestMs, middle, early: await before(oldestMs + (newestMs - oldestMs) / 20) };
}

/** What happens all the time, in the order it is done in. */
export function operations(database: LedgerDatabase, known: Known, stored: number): Operation[] {
  return [...working(database, stored), ...reading(database, known)];
}

/** Receiving and handling: what is received is claimed, so that the backlog stays as long as it is. */
export function working(database: LedgerDatabase, stored: number): Operation[] {
  const recorder = new EventRecorder(database, { timeoutMs: 60_000, maxWaiting: 1_000 });
  const plain = new LeaseStore(database, { ...LEASE, orderingPatienceMs: null });
  const ordered = new LeaseStore(database, { ...LEASE, orderingPatienceMs: 60_000 });
  let held: readonly EventEntity[] = [];
  const claim = async (leases: LeaseStore): Promise<void> => {
    held = (await leases.claim(BATCH)).events;
    if (held.length < BATCH) {
      throw new Error(`Only ${held.length} events were due: what is measured is not a claim of ${BATCH}.`);
    }
  };
  const settle = (leases: LeaseStore): Promise<unknown> => {
    const times = { startedAtMs: Date.now(), finishedAtMs: Date.now() + 10 };
    return leases.write(held.map((lease) => ({ lease, run: { ...RUN, ...times }, outcome: { status: 'succeeded' } })));
  };
  const events = newEvents(stored);
  const record = (): Promise<unknown> => Promise.all(events(BATCH).map((event) => recorder.record(event)));
  return [
    { name: `record ${BATCH} events of 4 kB`, run: record },
    { name: `claim ${BATCH}`, run: () => claim(plain) },
    { name: `renew ${BATCH} leases`, run: () => plain.renew(held) },
    { name: `complete ${BATCH}`, run: () => settle(plain) },
    { name: `record ${BATCH} events of 4 kB `, run: record },
    { name: `claim ${BATCH}, ordering by object`, run: () => claim(ordered) },
    { name: `complete ${BATCH}, ordering by object`, run: () => settle(ordered) },
    { name: 'look for lost leases', run: () => plain.reap(100) },
  ];
}

function reading(database: LedgerDatabase, { newestMs, middle, early }: Known): Operation[] {
  const query = new EventQuery(database);
  const stats = new EventStatsQuery(database);
  const list = (name: string, filter: EventListFilter): Operation => ({
    name: `list: ${name}`,
    run: () => query.list(filter),
  });
  const cursor = Buffer.from(middle.id, 'latin1').toString('base64url');
  const week = { from: new Date(newestMs - 40 * DAY_MS), to: new Date(newestMs - 33 * DAY_MS) };
  return [
    list('first page', {}),
    list('page in the middle, by cursor', { cursor }),
    list('a week, a month ago', week),
    list('a type', { kind: 'invoice.paid' }),
    list('a type, in the middle', { kind: 'invoice.paid', cursor }),
    list('a family of types', { kind: 'customer.*' }),
    list('a family that was long ago', { kind: RARE.family }),
    list('pending', { status: 'pending' }),
    list('dead', { status: 'dead' }),
    list('ignored', { status: 'ignored' }),
    list('succeeded', { status: 'succeeded' }),
    list('in work, of which there are none', { status: 'processing' }),
    list('dead, of a type', { status: 'dead', kind: 'invoice.paid' }),
    list('of a customer', { customer: middle.stripeCustomerId ?? '' }),
    list('of a customer, of a type', { customer: middle.stripeCustomerId ?? '', kind: 'invoice.paid' }),
    list('of an object', { object: middle.objectId ?? '' }),
    list('of a connected account', { account: 'acct_0000000000000007' }),
    list('of an account, long ago', { account: RARE.account }),
    list('of test mode, long ago', { livemode: false }),
    list('added by hand, long ago', { source: 'manual' }),
    list('search for an id', { q: early.stripeId }),
    list('search for the beginning of an id', { q: early.stripeId.slice(0, 20) }),
    list('search for what is not there', { q: 'nothing_of_the_kind' }),
    { name: 'find one event', run: () => query.find(middle.stripeId) },
    ...(['1h', '24h', '7d', '90d'] as const).map((window) => ({
      name: `stats of ${window}`,
      run: () =>
        stats.stats({ '1h': DAY_MS / 24, '24h': DAY_MS, '7d': 7 * DAY_MS, '90d': 90 * DAY_MS }[window], newestMs),
    })),
  ];
}

/** What changes old rows; `asking` is a way to the database that is not measured. */
export function rareOperations(database: LedgerDatabase, asking: LedgerDatabase): Operation[] {
  const replays = new EventReplayStore(database);
  const prunes = new EventPruneStore(database);
  let days = Number.POSITIVE_INFINITY;
  return [
    { name: 'replay 100 of a type', run: () => replays.replayMany({ kind: 'charge.failed', limit: 100 }) },
    { name: 'replay 100 of a family', run: () => replays.replayMany({ kind: 'charge.*', limit: 100 }) },
    {
      name: 'delete 500 old events',
      prepare: async () => {
        days = (Date.now() - (await timeOfRow(asking, 500))) / DAY_MS;
      },
      run: () => prunes.prune(days),
    },
  ];
}

/** When the event came in of which so many are older. */
async function timeOfRow(database: LedgerDatabase, offset: number): Promise<number> {
  const sql = `SELECT received_at FROM ${database.table(EventEntity)} ORDER BY id LIMIT 1 OFFSET ${offset}`;
  const [row] = await database.query(sql);
  return Number(row?.received_at);
}

/** New events about new objects, of customers that are known. */
function newEvents(stored: number): (count: number) => NewEvent[] {
  const ids = new UlidFactory();
  const filler = 'x'.repeat(3_600);
  const customer = (): string => `cus_${String(Math.floor(Math.random() * customersOf(stored))).padStart(14, '0')}`;
  const one = (): NewEvent => {
    const id = ids.next(Date.now());
    const object = { id: `in_1${id}`, object: 'invoice', customer: customer(), filler };
    const facts = {
      type: 'invoice.paid',
      livemode: true,
      api_version: '2026-10-28.endive',
      created: Date.now() / 1000,
    };
    return newEvent({ ...facts, id: `evt_1${id}`, object: 'event', pending_webhooks: 1, data: { object } });
  };
  return (count) => Array.from({ length: count }, one);
}
