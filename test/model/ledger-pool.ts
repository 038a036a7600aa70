import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { DataSource } from 'typeorm';
import { LedgerDatabase } from '../../src/database';
import { EventEntity } from '../../src/events';
import { STRIPE_ENTITIES, STRIPE_MIGRATIONS } from '../../src/stripe.entities';

/** What transactional handlers write: the effect that must be there once for each success that is recorded. */
export const EFFECT_TABLE = 'model_effect';

/** A simulated process's own connections to the one database file. */
export interface PooledLedger {
  readonly ledger: LedgerDatabase;
  readonly handles: readonly Sqlite.Database[];
}

/** One SQLite file for all histories, and connections to it that are used again: opening them is what takes time. */
export class LedgerPool {
  /** The clock of the database, which the statements of the ledger ask. */
  databaseNow: () => number = () => 0;
  private tables: readonly string[] = [];
  private readonly idle: PooledLedger[] = [];
  private readonly opened = new Set<PooledLedger>();
  private readonly discarded: PooledLedger[] = [];

  private constructor(
    private readonly folder: string,
    /** Sees what is committed, and takes no part. */
    readonly observer: Sqlite.Database,
  ) {}

  static async open(): Promise<LedgerPool> {
    const folder = mkdtempSync(join(tmpdir(), 'stripe-events-model-'));
    const pool = new LedgerPool(folder, new Sqlite(join(folder, 'ledger.sqlite')));
    const first = await pool.connect({ migrationsRun: true });
    pool.tables = [...STRIPE_ENTITIES.map((entity) => first.ledger.table(entity)), EFFECT_TABLE];
    pool.give(first);
    pool.observer.exec(
      `CREATE TABLE ${EFFECT_TABLE} (id INTEGER PRIMARY KEY, event_id TEXT NOT NULL, handler TEXT NOT NULL)`,
    );
    return pool;
  }

  async take(): Promise<PooledLedger> {
    return this.idle.pop() ?? this.connect({});
  }

  give(ledger: PooledLedger): void {
    this.idle.push(ledger);
  }

  /** Ends connections on which something may still be under way; what is not committed is undone. */
  discard(ledger: PooledLedger): void {
    ledger.handles.forEach((handle) => handle.close());
    this.discarded.push(ledger);
  }

  /** An empty ledger for the next history. */
  async clear(): Promise<void> {
    await this.destroyDiscarded();
    this.observer.exec(this.tables.map((table) => `DELETE FROM ${table};`).join(' '));
  }

  async close(): Promise<void> {
    this.opened.forEach((ledger) => {
      this.discard(ledger);
    });
    await this.destroyDiscarded();
    this.observer.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async destroyDiscarded(): Promise<void> {
    for (const ledger of this.discarded.splice(0)) {
      this.opened.delete(ledger);
      await ledger.ledger.close().catch(() => undefined);
      await ledger.ledger.dataSource.destroy().catch(() => undefined);
    }
  }

  private async connect(more: { migrationsRun?: boolean }): Promise<PooledLedger> {
    const handles: Sqlite.Database[] = [];
    const dataSource = new DataSource({
      type: 'better-sqlite3',
      database: join(this.folder, 'ledger.sqlite'),
      entities: STRIPE_ENTITIES,
      migrations: STRIPE_MIGRATIONS,
      prepareDatabase: (handle: Sqlite.Database) => {
        handle.function('test_now', () => this.databaseNow());
        handles.push(handle);
      },
      ...more,
    });
    const ledger = await LedgerDatabase.open(await dataSource.initialize(), EventEntity);
    // Power does not fail here, and each history commits hundreds of times.
    for (const handle of handles) {
      handle.pragma('journal_mode = MEMORY');
      handle.pragma('synchronous = OFF');
    }
    const pooled = { ledger, handles };
    this.opened.add(pooled);
    return pooled;
  }
}
