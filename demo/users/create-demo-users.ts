import { Table, type MigrationInterface, type QueryRunner, type TableColumnOptions } from 'typeorm';

/** The application's own tables, beside the ledger's. */
export class CreateDemoUsers1764000000001 implements MigrationInterface {
  readonly name = 'CreateDemoUsers1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    const customer = customerColumn(runner);
    const access = { name: 'access', type: 'varchar', length: '32', default: "'none'" };
    const accessAsOf = { name: 'access_as_of', type: 'bigint', default: 0 };
    await runner.createTable(new Table({ name: 'demo_user', columns: [customer, access, accessAsOf] }));
    const currency = { name: 'currency', type: 'varchar', length: '3', isPrimary: true };
    const total = { name: 'total', type: 'bigint', default: 0 };
    await runner.createTable(new Table({ name: 'demo_paid_total', columns: [customer, currency, total] }));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('demo_paid_total');
    await runner.dropTable('demo_user');
  }
}

/** MySQL's default collations take `cus_AbC` and `cus_aBc` for one customer. */
function customerColumn({ dataSource }: QueryRunner): TableColumnOptions {
  const column = { name: 'stripe_customer_id', type: 'varchar', length: '255', isPrimary: true };
  return ['mysql', 'mariadb'].includes(dataSource.options.type) ? { ...column, collation: 'utf8mb4_bin' } : column;
}
