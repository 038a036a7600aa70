import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  EventEntity,
  HandlerRunEntity,
  STRIPE_ENTITIES,
  STRIPE_MIGRATIONS,
  type EventStatus,
} from 'nestjs-stripe-events';
import { DataSource } from 'typeorm';
import { LedgerDatabase, type Row } from '../../src/database';
import type { AppSettings, Effect } from '../crash/process/protocol';
import type { CrashProcess, CrashProcesses } from './crash-process';
import type { DatabaseKind, TestDatabase } from './databases';
import { waitUntil } from './wait-until';

/** How events are handled, unless a test says otherwise. */
const PROCESSING = { leaseMs: 1_000, sweepMs: 50, backoff: { baseMs: 10 }, shutdownTimeoutMs: 10_000 };

const OPEN = "status IN ('pending', 'processing')";

/** A database of a test's own, the processes that use it, and what a test asks it for. */
export class CrashScene {
  private constructor(
    readonly database: LedgerDatabase,
    private readonly own: TestDatabase,
    private readonly processes: CrashProcesses,
    private readonly folder: string,
  ) {}

  static async open(kind: DatabaseKind, processes: CrashProcesses, migrationsRun: boolean): Promise<CrashScene> {
    const own = await kind.create();
    const dataSource = new DataSource({
      ...own.dataSourceOptions(),
      entities: STRIPE_ENTITIES,
      migrations: STRIPE_MIGRATIONS,
      migrationsRun,
    });
    await dataSource.initialize();
    await dataSource.query('CREATE TABLE effect (event VARCHAR(64) NOT NULL, handler VARCHAR(64) NOT NULL)');
    const database = await LedgerDatabase.open(dataSource, EventEntity);
    return new CrashScene(database, own, processes, mkdtempSync(join(tmpdir(), 'stripe-events-crash-')));
  }

  /** Starts an application on the database, in a process of its own. */
  start({ processing, ...app }: Partial<AppSettings> = {}): Promise<CrashProcess> {
    return this.processes.start({
      dataSource: this.own.dataSourceOptions(),
      migrationsRun: false,
      receives: true,
      journal: this.journal,
      stops: [],
      processing: processing === false ? false : { ...PROCESSING, ...processing },
      ...app,
    });
  }

  find(stripeId: string): Promise<EventEntity | null> {
    return this.database.dataSource.getRepository(EventEntity).findOneBy({ stripeId });
  }

  /** Resolves with the event once it has this status. */
  async becomes(stripeId: string, status: EventStatus): Promise<EventEntity> {
    let event: EventEntity | null = null;
    await waitUntil(`${stripeId} is ${status}`, async () => {
      event = await this.find(stripeId);
      return event?.status === status;
    });
    return event!;
  }

  /** How the handlers of an event ended, as it is recorded. */
  async runs(stripeId: string): Promise<Record<string, string>> {
    const event = await this.find(stripeId);
    const runs = await this.database.dataSource.getRepository(HandlerRunEntity).findBy({ eventId: event!.id });
    return Object.fromEntries(runs.map(({ handler, status }) => [handler, status]));
  }

  /** What the plain handlers did outside the database, in the order they did it. */
  effects(stripeId?: string): Effect[] {
    const lines = existsSync(this.journal) ? readFileSync(this.journal, 'utf8').trim().split('\n') : [];
    const effects = lines.map((line) => JSON.parse(line) as Effect);
    return stripeId === undefined ? effects : effects.filter(({ event }) => event === stripeId);
  }

  /** How often a transactional handler's effect is in the database. */
  async written(stripeId: string): Promise<number> {
    const [row] = await this.query('SELECT COUNT(*) AS rows_found FROM effect WHERE event = ?', [stripeId]);
    return Number(row?.rows_found);
  }

  query(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    return this.database.query(sql, params);
  }

  /** Resolves when no worker holds an event any more, by the database's clock. */
  async leasesEnd(): Promise<void> {
    const held = `SELECT 1 FROM stripe_event WHERE status = 'processing' AND lease_until >= ${this.database.dialect.now}`;
    await waitUntil('the leases end', async () => (await this.query(held)).length === 0);
  }

  /** Whether no event is open any more. */
  async isSettled(): Promise<boolean> {
    return (await this.query(`SELECT 1 FROM stripe_event WHERE ${OPEN}`)).length === 0;
  }

  /**
   * Lets the time pass until an event is due, unless a worker has something to do. Nobody waits: the event that is due
   * next is due now.
   *
   * @returns whether no event is open any more
   */
  async passTime(): Promise<boolean> {
    const { now } = this.database.dialect;
    const open = await this.query(
      `SELECT id, status, CASE WHEN next_attempt_at <= ${now} THEN 1 ELSE 0 END AS due FROM stripe_event WHERE ${OPEN} ORDER BY next_attempt_at`,
    );
    const [next] = open;
    if (next !== undefined && open.every(({ status, due }) => status === 'pending' && Number(due) === 0)) {
      await this.query("UPDATE stripe_event SET next_attempt_at = 0 WHERE id = ? AND status = 'pending'", [next.id]);
    }
    return next === undefined;
  }

  async close(): Promise<void> {
    await this.database.close();
    await this.database.dataSource.destroy();
    await this.own.drop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get journal(): string {
    return join(this.folder, 'journal');
  }
}
