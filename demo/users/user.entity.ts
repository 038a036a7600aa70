import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A user of the demo: whoever has a Stripe customer. */
@Entity('demo_user')
export class User {
  @PrimaryColumn({ name: 'stripe_customer_id', type: 'varchar', length: 255 })
  stripeCustomerId!: string;

  /** Granted by subscriptions. */
  @Column({ type: 'varchar', length: 16, default: 'none' })
  access!: 'none' | 'full' | 'suspended';

  /** What the user has paid in all, in minor units. */
  @Column({ name: 'paid_total', type: 'bigint', default: 0, transformer: { to: (v: unknown) => v, from: Number } })
  paidTotal!: number;
}
