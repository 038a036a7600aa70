import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { LedgerDatabase } from './database';
import { SchemaMissingError, SchemaUnsafeError } from './errors';
import { STRIPE_ENTITIES } from './stripe.entities';
import { EventEntity } from './events';

/** Checks at start that the ledger can keep what it promises, and gives its connection back at the end. */
@Injectable()
export class LedgerLifecycle implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('StripeEvents');

  constructor(private readonly database: LedgerDatabase) {}

  /**
   * @throws {SchemaMissingError} when a table is not there
   * @throws {SchemaUnsafeError} when a table would take different ids for the same
   */
  async onModuleInit(): Promise<void> {
    for (const entity of STRIPE_ENTITIES) {
      await this.checkTable(this.database.table(entity));
    }
    await this.checkIdentity();
    for (const warning of await this.database.dialect.durabilityWarnings(this.database.dataSource)) {
      this.logger.warn(`Acknowledged events can be lost: ${warning}`);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }

  private async checkTable(table: string): Promise<void> {
    try {
      await this.database.query(`SELECT 1 FROM ${table} WHERE 1 = 0`);
    } catch (cause) {
      if (this.database.dialect.classify(cause) === 'refused') {
        throw new SchemaMissingError(table, { cause });
      }
      throw cause;
    }
  }

  /** MySQL's default collations take `evt_1AbC` and `evt_1aBc` for one id: the second event would be lost. */
  private async checkIdentity(): Promise<void> {
    const table = this.database.table(EventEntity);
    const problem = await this.database.dialect.identityProblem(
      this.database.dataSource,
      this.database.dataSource.getMetadata(EventEntity).tableName,
    );
    if (problem !== null) {
      throw new SchemaUnsafeError(table, problem, 'Make the tables with STRIPE_MIGRATIONS instead of synchronize.');
    }
  }
}
