import { Table, type MigrationInterface, type QueryRunner } from 'typeorm';

export class CreatePayments1764000000001 implements MigrationInterface {
  readonly name = 'CreatePayments1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    const columns = [
      { name: 'invoice_id', type: 'varchar', length: '255', isPrimary: true },
      { name: 'amount', type: 'int' },
    ];
    await runner.createTable(new Table({ name: 'payment', columns }));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('payment');
  }
}
