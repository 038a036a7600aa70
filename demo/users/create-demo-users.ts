import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

/** The application's own table, beside the ledger's. */
export class CreateDemoUsers1764000000001 implements MigrationInterface {
  readonly name = 'CreateDemoUsers1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    const columns = [
      { name: 'stripe_customer_id', type: 'varchar', length: '255', isPrimary: true },
      { name: 'access', type: 'varchar', length: '16', default: "'none'" },
      { name: 'paid_total', type: 'bigint', default: 0 },
    ];
    await runner.createTable(new Table({ name: 'demo_user', columns }), true);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('demo_user');
  }
}
