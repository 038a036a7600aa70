import { Column, Entity, PrimaryColumn, type ColumnOptions } from 'typeorm';

/** TypeORM reads big integers as text. Minor units stay far below what a number can hold. */
const WHOLE_NUMBER: ColumnOptions = {
  type: 'bigint',
  default: 0,
  transformer: { to: (value: unknown) => value, from: Number },
};

/** A user of the application: whoever has a Stripe customer. */
@Entity('demo_user')
export class User {
  @PrimaryColumn({ name: 'stripe_customer_id', type: 'varchar', length: 255 })
  stripeCustomerId!: string;

  /** What the user may do: `none`, `suspended`, or the name of what the plan opens. */
  @Column({ type: 'varchar', length: 32, default: 'none' })
  access!: string;

  /** When Stripe made the event that `access` comes from, in unix seconds. */
  @Column({ ...WHOLE_NUMBER, name: 'access_as_of' })
  accessAsOf!: number;
}

/** What a user has paid in all, in one currency. */
@Entity('demo_paid_total')
export class PaidTotal {
  @PrimaryColumn({ name: 'stripe_customer_id', type: 'varchar', length: 255 })
  stripeCustomerId!: string;

  @PrimaryColumn({ type: 'varchar', length: 3 })
  currency!: string;

  /** In minor units, as Stripe counts. */
  @Column({ ...WHOLE_NUMBER })
  total!: number;
}
