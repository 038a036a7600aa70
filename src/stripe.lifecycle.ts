import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { LedgerDatabase, type TableTexts } from './database';
import { SchemaMissingError, SchemaUnsafeError } from './errors';
import { STRIPE_ENTITIES } from './stripe.entities';
import { CustomerEntity } from './customers';
import { EventEntity, EventPayloadEntity, HandlerRunEntity } from './events';

/** What must not be mixed up or changed, by the names of the columns. */
const CRITICAL_COLUMNS: [(typeof STRIPE_ENTITIES)[number], Pick<TableTexts, 'ids' | 'texts'>][] = [
  [EventEntity, { ids: ['stripe_id', 'object_id'], texts: ['last_error'] }],
  [EventPayloadEntity, { ids: [], texts: ['body'] }],
  [HandlerRunEntity, { ids: ['handler'], texts: ['error', 'earlier'] }],
  [CustomerEntity, { ids: ['stripe_id', 'owner_id'], texts: ['name', 'data'] }],
];

/** Checks at start that the ledger can keep what it promises, and gives its connection back at the end. */
@Injectable()
export class LedgerLifecycle implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('StripeEvents');

  constructor(private readonly database: LedgerDatabase) {}

  /**
   * @throws {SchemaMissingError} when a table is not there, or is one of an older version
   * @throws {SchemaUnsafeError} when events would be mixed up or changed
   */
  async onModuleInit(): Promise<void> {
    for (const entity of STRIPE_ENTITIES) {
      await this.checkTable(entity);
    }
    await this.checkSafety();
    for (const warning of await this.database.dialect.durabilityWarnings(this.database.dataSource)) {
      this.logger.warn(`Acknowledged events can be lost: ${warning}`);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }

  /** Asks for each column by name: an old table would be noticed only when the first event comes. */
  private async checkTable(entity: (typeof STRIPE_ENTITIES)[number]): Promise<void> {
    const table = this.database.table(entity);
    const columns = this.database.dataSource.getMetadata(entity).columns.map(({ databaseName }) => databaseName);
    const cause = await this.refusal(table, columns);
    if (cause === null) {
      return;
    }
    const missing: string[] = [];
    for (const column of columns) {
      if ((await this.refusal(table, [column])) !== null) {
        missing.push(column);
      }
    }
    throw new SchemaMissingError(table, missing.length < columns.length ? missing : [], { cause });
  }

  /** Why the database refuses to read these columns; null when it does not. */
  private async refusal(table: string, columns: readonly string[]): Promise<unknown> {
    // With the table's name: SQLite may take a quoted name of no column for a text.
    const names = columns.map((column) => `t.${this.database.dataSource.driver.escape(column)}`);
    try {
      await this.database.query(`SELECT ${names.join(', ')} FROM ${table} t WHERE 1 = 0`);
      return null;
    } catch (error) {
      if (this.database.dialect.classify(error) === 'refused') {
        return error;
      }
      throw error;
    }
  }

  /** MySQL's default collations, for one, take `evt_1AbC` and `evt_1aBc` for one id: the second event would be lost. */
  private async checkSafety(): Promise<void> {
    const { dataSource, dialect } = this.database;
    for (const [entity, columns] of CRITICAL_COLUMNS) {
      const path = dataSource.getMetadata(entity).tablePath;
      const unsafe = await dialect.schemaProblem(dataSource, { path, ...columns });
      if (unsafe !== null) {
        throw new SchemaUnsafeError(this.database.table(entity), unsafe.problem, unsafe.wayOut);
      }
    }
  }
}
