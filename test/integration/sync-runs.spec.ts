import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../src/common';
import { SyncRunEntity, SyncRuns, SyncRunStore, type RunInHand, type SyncRequest } from '../../src/sync-runs';
import { databases } from '../support/databases';
import { waitUntil } from '../support/wait-until';
import { openLedgerTables, type LedgerTables } from './ledger-tables';

const LEASE_MS = 1_000;
const SCOPE: SyncRequest = { kind: 'customers', endpoint: 'default', account: null };
const COUNTS = { total: null, added: 0, known: 0, failed: 0 };

const until = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });

describe.each(databases)('sync runs on $name', (kind) => {
  let tables: LedgerTables;
  const processes: SyncRuns[] = [];

  beforeAll(async () => {
    tables = await openLedgerTables(kind);
  });
  afterAll(() => tables.close());
  afterEach(async () => {
    await Promise.all(processes.splice(0).map((one) => one.beforeApplicationShutdown()));
    await tables.database.query(`DELETE FROM ${tables.database.table(SyncRunEntity)}`);
  });

  const storeOf = (leaseMs = LEASE_MS): SyncRunStore => new SyncRunStore(tables.database, systemClock, leaseMs);

  /** A process of the fleet that does this in its runs. */
  function startProcess(work: (hand: RunInHand) => Promise<void>, resumeEveryMs: number | null = null): SyncRuns {
    const runs = new SyncRuns(storeOf(), { leaseMs: LEASE_MS, followEveryMs: 10, resumeEveryMs });
    runs.register({ kind: 'customers', work });
    runs.onApplicationBootstrap();
    processes.push(runs);
    return runs;
  }

  it('records what a job saves, and tells whoever waits', async () => {
    const coveredUntil = new Date(1_790_000_000_000);
    const runs = startProcess(async (hand) => {
      await hand.save({ done: 2, total: 3, added: 1, known: 1, failed: 0, checkpoint: 'cus_2' });
      await hand.save({ done: 3, total: 3, added: 1, known: 1, failed: 1, checkpoint: 'cus_3', coveredUntil });
    });
    const seen: number[] = [];

    const run = await runs.run(SCOPE, { onProgress: ({ done }) => seen.push(done) });

    expect(run).toMatchObject({ status: 'succeeded', done: 3, total: 3, added: 1, known: 1, failed: 1, error: null });
    expect(run).toMatchObject({ checkpoint: 'cus_3', coveredUntil, since: null, account: null, runLock: null });
    expect(run.finishedAt!.getTime()).toBeGreaterThanOrEqual(run.startedAt.getTime());
    expect(seen.at(-1)).toBe(3);
    expect(await storeOf().coveredUntil(SCOPE)).toEqual(coveredUntil);
  });

  it('is one at a time for each scope, in one process of all', async () => {
    const worked: string[] = [];
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const work = async ({ run }: RunInHand): Promise<void> => {
      worked.push(run.id);
      await finished;
    };
    const [first, second] = [startProcess(work), startProcess(work)];
    const waiting = [first, second, first, second].map((one) => one.run(SCOPE));
    const other = first.run({ ...SCOPE, account: 'acct_1' });
    await waitUntil('both scopes are worked on', () => worked.length === 2);
    finish();

    expect(new Set((await Promise.all(waiting)).map(({ id }) => id)).size).toBe(1);
    await other;
    expect(worked).toHaveLength(2);
    expect((await first.run(SCOPE)).id).not.toBe(worked[0]);
  });

  it('goes on from its checkpoint in another process, when the first one falls silent', async () => {
    const checkpoints: (string | null)[] = [];
    const silent = storeOf(200);
    const { run } = await silent.start({ ...SCOPE, checkpoint: 'begin' });
    const held = (await silent.take(run.id))!;
    expect(await silent.take(run.id)).toBeNull();
    await silent.save(held, { ...COUNTS, done: 5, checkpoint: 'cus_5' });

    const runs = startProcess(async (hand) => {
      checkpoints.push(hand.run.checkpoint);
      await hand.save({ ...COUNTS, done: hand.run.done + 1, checkpoint: 'cus_6' });
    }, 20);
    await waitUntil('the run has been taken over', async () => (await silent.find(run.id))!.ended);

    expect(checkpoints).toEqual(['cus_5']);
    expect(await silent.save(held, { ...COUNTS, done: 9, checkpoint: 'cus_9' })).toBe(false);
    expect(await silent.end(held, 'failed', 'too late')).toBe(false);
    expect(await runs.find(run.id)).toMatchObject({ status: 'succeeded', done: 6, checkpoint: 'cus_6' });
  });

  it('stays with a process that keeps the lease, however long its job takes', async () => {
    const worked: string[] = [];
    const work = async ({ run }: RunInHand): Promise<void> => {
      worked.push(run.id);
      await waitUntil('its first lease has passed', async () => (await storeOf().now()) > run.leaseUntil);
    };
    const [first] = [startProcess(work, 20), startProcess(work, 20)];

    await first.run(SCOPE);

    expect(worked).toHaveLength(1);
  });

  it('is given back when the application stops, and goes on elsewhere at once', async () => {
    let started = (): void => undefined;
    const isStarted = new Promise<void>((resolve) => (started = resolve));
    const stopping = startProcess(async (hand) => {
      await hand.save({ ...COUNTS, done: 1, checkpoint: 'cus_1' });
      started();
      await until(hand.signal);
    });
    const waiting = stopping.run(SCOPE);
    const refused = expect(waiting).rejects.toMatchObject({ code: 'STRIPE_EVENTS_SHUTDOWN' });
    await isStarted;
    await stopping.beforeApplicationShutdown();
    await refused;

    const next = startProcess((hand) => hand.save({ ...COUNTS, done: 2, checkpoint: hand.run.checkpoint }));
    expect(await next.run(SCOPE)).toMatchObject({ status: 'succeeded', done: 2, checkpoint: 'cus_1' });
    expect(await next.list()).toHaveLength(1);
  });

  it('is cancelled from any process, and keeps what it had done', async () => {
    const reasons: unknown[] = [];
    const worker = startProcess(async (hand) => {
      await hand.save({ ...COUNTS, done: 1, checkpoint: 'cus_1', coveredUntil: new Date(5_000) });
      await until(hand.signal).catch((reason: unknown) => reasons.push(reason));
      await hand.save({ ...COUNTS, done: 2, checkpoint: 'cus_2' });
    });
    const waiting = worker.run(SCOPE);
    const refused = expect(waiting).rejects.toMatchObject({ code: 'STRIPE_EVENTS_RUN_CANCELLED' });
    await waitUntil('it has begun', async () => (await worker.list())[0]?.done === 1);
    const elsewhere = startProcess(() => Promise.resolve());
    const { id } = (await elsewhere.list())[0]!;

    expect(await elsewhere.cancel(id)).toMatchObject({ status: 'cancelled', done: 1 });
    await refused;
    await waitUntil('the worker has noticed', () => reasons.length === 1);
    expect(await elsewhere.find(id)).toMatchObject({ status: 'cancelled', done: 1, checkpoint: 'cus_1' });
    expect(await storeOf().coveredUntil(SCOPE)).toEqual(new Date(5_000));
    expect((await elsewhere.run(SCOPE)).id).not.toBe(id);
  });

  it('is cancelled by the signal of whoever waits for it', async () => {
    const runs = startProcess(({ signal }) => until(signal));
    const controller = new AbortController();
    const waiting = runs.run(SCOPE, { signal: controller.signal });
    const refused = expect(waiting).rejects.toMatchObject({ code: 'STRIPE_EVENTS_RUN_CANCELLED' });
    await waitUntil('it has begun', async () => ((await runs.list())[0]?.leaseNo ?? 0) > 0);
    controller.abort();

    await refused;
    expect(await runs.list()).toMatchObject([{ status: 'cancelled' }]);
  });

  it('fails with what its job fails with, without secrets', async () => {
    const runs = startProcess(() => Promise.reject(new Error('sk_live_1234567890 was refused')));

    await expect(runs.run(SCOPE)).rejects.toMatchObject({
      code: 'STRIPE_EVENTS_RUN_FAILED',
      reason: expect.stringMatching(/^Error: sk_live_\[redacted\] was refused/),
    });
    expect(await runs.list()).toMatchObject([{ status: 'failed', runLock: null }]);
    await expect(runs.find('01ARZ3NDEKTSV4RRFFQ69G5FAV')).rejects.toMatchObject({ httpStatus: 404 });
  });

  it('keeps the latest runs of a scope, and what was fetched furthest', async () => {
    const coveredUntil = new Date(1_790_000_000_000);
    let count = 0;
    const runs = startProcess(async (hand) => {
      count += 1;
      await hand.save({ ...COUNTS, done: 1, checkpoint: null, ...(count === 1 ? { coveredUntil } : {}) });
    });
    const other = await runs.run({ ...SCOPE, account: 'acct_1' });
    count = 0;
    for (let index = 0; index < 24; index += 1) {
      await runs.run(SCOPE);
    }

    expect(await storeOf().coveredUntil(SCOPE)).toEqual(coveredUntil);
    expect(await runs.list({ limit: 100 })).toHaveLength(22);
    expect(await runs.find(other.id)).toMatchObject({ account: 'acct_1' });
    expect(await runs.list({ limit: 2, kind: 'catch-up' })).toEqual([]);
  });
});
