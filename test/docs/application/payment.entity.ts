import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What was paid: one row an invoice. */
@Entity('payment')
export class Payment {
  @PrimaryColumn({ name: 'invoice_id', type: 'varchar', length: 255 })
  invoiceId!: string;

  /** In the currency's minor unit. */
  @Column({ type: 'int' })
  amount!: number;
}
