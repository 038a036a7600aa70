import { UlidFactory, type Clock } from '../common';
import { SqlExpression, statement, toDate, type LedgerDatabase, type Row, type ValueType } from '../database';
import type { SyncCheckpoint } from './sync-job';
import { SyncRunEntity, type SyncRunKind, type SyncRunStatus } from './sync-run.entity';
import { scopeKey, type SyncRequest, type SyncScope } from './sync-scope';

/** Runs of one scope that are kept after their end. */
const KEPT_RUNS = 20;

const INSERTED = 'id, kind, endpoint, account, scope, run_lock, status, checkpoint, since, started_at, lease_until';
const COLUMNS = [
  ...['id', 'kind', 'endpoint', 'account', 'scope', 'run_lock', 'status', 'done', 'total', 'added', 'known', 'failed'],
  ...['checkpoint', 'since', 'covered_until', 'started_at', 'finished_at', 'lease_no', 'lease_until', 'error'],
];
const SAVED: readonly { readonly column: string; readonly type: ValueType }[] = [
  ...['done', 'total', 'added', 'known', 'failed'].map((column) => ({ column, type: 'integer' }) as const),
  { column: 'checkpoint', type: 'text' },
  { column: 'covered_until', type: 'bigint' },
];

/** Which ended runs to list. */
export interface SyncRunFilter {
  readonly kind?: SyncRunKind;
  /** @default 25 */
  readonly limit?: number;
}

/** The runs in the database. All times are the database's. */
export class SyncRunStore {
  private readonly ids = new UlidFactory();

  constructor(
    private readonly database: LedgerDatabase,
    private readonly clock: Clock,
    private readonly leaseMs: number,
  ) {}

  /** Starts a run, or finds the one of its scope that is running. Nobody holds it yet. */
  async start(request: SyncRequest): Promise<{ run: SyncRunEntity; isNew: boolean }> {
    for (;;) {
      const id = this.ids.next(this.clock.now());
      if (await this.insert(id, request)) {
        await this.prune(scopeKey(request));
        return { run: await this.reload(id), isNew: true };
      }
      const running = await this.one('WHERE run_lock = ?', [scopeKey(request)]);
      // It may have ended in between: then there is room for a new one.
      if (running !== null) {
        return { run: running, isNew: false };
      }
    }
  }

  /** Takes a running run that no living process holds; null when there is none such. */
  async take(id: string): Promise<SyncRunEntity | null> {
    const { now } = this.database.dialect;
    const unit = this.database.dialect.takeRows({
      table: this.table,
      pick: `WHERE id = ? AND status = 'running' AND lease_until <= ${now}`,
      pickParams: [id],
      limit: 1,
      set: `lease_no = lease_no + 1, lease_until = ${now} + ?`,
      setParams: [this.leaseMs],
      returning: COLUMNS,
    });
    return first(await this.database.run(unit));
  }

  /** The ids of running runs of these kinds that no living process holds, oldest first. */
  async abandoned(kinds: readonly SyncRunKind[]): Promise<string[]> {
    const { now } = this.database.dialect;
    const rows = await this.database.query(
      `SELECT id, kind FROM ${this.table} WHERE run_lock IS NOT NULL AND status = 'running' AND lease_until <= ${now} ORDER BY id`,
    );
    return rows.filter(({ kind }) => kinds.includes(kind as SyncRunKind)).map(({ id }) => String(id));
  }

  /** Keeps the lease. False when the run is not the holder's any more. */
  renew(held: SyncRunEntity): Promise<boolean> {
    return this.change(held, [{ sql: `lease_until = ${this.database.dialect.now} + ?`, value: this.leaseMs }]);
  }

  /** Records progress and keeps the lease. False when the run is not the holder's any more. */
  save(held: SyncRunEntity, { coveredUntil = held.coveredUntil, ...saved }: SyncCheckpoint): Promise<boolean> {
    const { done, total, added, known, failed, checkpoint } = saved;
    const values = [done, total, added, known, failed, checkpoint, coveredUntil?.getTime() ?? null];
    return this.change(held, [
      { sql: `lease_until = ${this.database.dialect.now} + ?`, value: this.leaseMs },
      ...SAVED.map(({ column, type }, index) => ({ sql: `${column} = ?`, value: values[index], type })),
    ]);
  }

  /** Ends a run. False when it is not the holder's any more. */
  end(held: SyncRunEntity, status: 'succeeded' | 'failed', error: string | null): Promise<boolean> {
    return this.change(held, [
      { sql: 'run_lock = NULL, status = ?', value: status, type: 'text' },
      { sql: `finished_at = ${this.database.dialect.now} + ?`, value: 0 },
      { sql: 'error = ?', value: error, type: 'text' },
    ]);
  }

  /** Gives a run back, so that another process goes on with it at once. */
  release(held: SyncRunEntity): Promise<boolean> {
    return this.change(held, [{ sql: 'lease_until = ?', value: 0 }]);
  }

  /** Ends a running run, whoever works on it. False when it is not running. */
  async cancel(id: string): Promise<boolean> {
    const unit = this.database.dialect.takeRows({
      table: this.table,
      pick: `WHERE id = ? AND status = 'running'`,
      pickParams: [id],
      limit: 1,
      set: `status = 'cancelled', run_lock = NULL, finished_at = ${this.database.dialect.now}`,
      setParams: [],
      returning: ['id'],
    });
    return (await this.database.run(unit)).length > 0;
  }

  /** A run; null when there is none of this id. */
  find(id: string): Promise<SyncRunEntity | null> {
    return this.one('WHERE id = ?', [id]);
  }

  /** The latest runs, newest first. */
  async list({ kind, limit = 25 }: SyncRunFilter = {}): Promise<SyncRunEntity[]> {
    const where = kind === undefined ? '' : 'WHERE kind = ?';
    return this.select(`${where} ORDER BY id DESC LIMIT ${limit}`, kind === undefined ? [] : [kind]);
  }

  /** The latest run of a scope. */
  latest(scope: SyncScope): Promise<SyncRunEntity | null> {
    return this.one('WHERE scope = ? ORDER BY id DESC LIMIT 1', [scopeKey(scope)]);
  }

  /** Up to when a scope's runs have fetched everything; null when none ever did. */
  async coveredUntil(scope: SyncScope): Promise<Date | null> {
    const [row] = await this.database.query(
      `SELECT MAX(covered_until) AS covered_until FROM ${this.table} WHERE scope = ?`,
      [scopeKey(scope)],
    );
    return toDate(row?.covered_until);
  }

  /** The database's time. */
  async now(): Promise<Date> {
    const [row] = await this.database.query(`SELECT ${this.database.dialect.now} AS now_ms`);
    return new Date(Number(row?.now_ms));
  }

  private get table(): string {
    return this.database.table(SyncRunEntity);
  }

  private async insert(id: string, request: SyncRequest): Promise<boolean> {
    const { kind, endpoint, account, since = null, checkpoint = null } = request;
    const scope = scopeKey(request);
    const now = new SqlExpression(this.database.dialect.now);
    const lock = request.beside === true ? id : scope;
    const row = [id, kind, endpoint, account, scope, lock, 'running', checkpoint, since?.getTime() ?? null, now, 0];
    const values = row.map((value) => (value instanceof SqlExpression ? value.sql : '?')).join(', ');
    const params = row.filter((value) => !(value instanceof SqlExpression));
    try {
      await this.database.run(statement(`INSERT INTO ${this.table} (${INSERTED}) VALUES (${values})`, params));
      return true;
    } catch (error) {
      if (this.database.dialect.isDuplicate(error)) {
        return false;
      }
      throw error;
    }
  }

  private async change(
    { id, leaseNo }: SyncRunEntity,
    changes: readonly { readonly sql: string; readonly value: unknown; readonly type?: ValueType }[],
  ): Promise<boolean> {
    const values = changes.map(({ value }) => value);
    const unit = this.database.dialect.changeGuarded({
      table: this.table,
      condition: "status = 'running'",
      versionColumn: 'lease_no',
      rows: [{ id, version: leaseNo, values, children: [] }],
      changes: changes.map(({ sql, type = 'bigint' }) => ({ sql, type })),
    });
    return (await this.database.run(unit)).size > 0;
  }

  /** Deletes old runs of a scope. What is covered is the greatest of what any run says, so the one that says it stays. */
  private async prune(scope: string): Promise<void> {
    const [oldest] = await this.database.query(
      `SELECT id, covered_until FROM ${this.table} WHERE scope = ? ORDER BY id DESC LIMIT 1 OFFSET ${KEPT_RUNS}`,
      [scope],
    );
    if (oldest === undefined) {
      return;
    }
    const [most] = await this.database.query(
      `SELECT MAX(covered_until) AS covered_until FROM ${this.table} WHERE scope = ?`,
      [scope],
    );
    await this.database.query(
      `DELETE FROM ${this.table} WHERE scope = ? AND id <= ? AND status <> 'running' AND (covered_until IS NULL OR covered_until < ?)`,
      [scope, oldest.id, Number(most?.covered_until ?? 0)],
    );
  }

  private async reload(id: string): Promise<SyncRunEntity> {
    const run = await this.find(id);
    if (run === null) {
      throw new Error('A run that was just started is gone.');
    }
    return run;
  }

  private async one(where: string, params: readonly unknown[]): Promise<SyncRunEntity | null> {
    const [run = null] = await this.select(where, params);
    return run;
  }

  private async select(where: string, params: readonly unknown[]): Promise<SyncRunEntity[]> {
    const rows = await this.database.query(`SELECT ${COLUMNS.join(', ')} FROM ${this.table} ${where}`, params);
    return rows.map(runFromRow);
  }
}

function first([row]: readonly Row[]): SyncRunEntity | null {
  return row === undefined ? null : runFromRow(row);
}

function runFromRow(row: Row): SyncRunEntity {
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return Object.assign(new SyncRunEntity(), {
    ...{
      id: String(row.id),
      kind: row.kind as SyncRunKind,
      endpoint: String(row.endpoint),
      account: text(row.account),
    },
    ...{ scope: String(row.scope), runLock: text(row.run_lock), status: row.status as SyncRunStatus },
    ...{ done: Number(row.done), total: row.total === null ? null : Number(row.total) },
    ...{ added: Number(row.added), known: Number(row.known), failed: Number(row.failed) },
    ...{ checkpoint: text(row.checkpoint), since: toDate(row.since), coveredUntil: toDate(row.covered_until) },
    ...{ startedAt: toDate(row.started_at), finishedAt: toDate(row.finished_at) },
    ...{ leaseNo: Number(row.lease_no), leaseUntil: toDate(row.lease_until), error: text(row.error) },
  });
}
