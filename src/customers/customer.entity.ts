import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { momentColumn, optionalTextColumn, textColumn } from '../database';
import { DEFAULT_ENDPOINT } from '../events';

/** Stripe's customer as this application knows it, tied to a user of its own where one is known. */
@Entity('stripe_customer')
@Index('idx_stripe_customer_identity', ['endpoint', 'stripeId'], { unique: true })
@Index('idx_stripe_customer_email', ['email'])
@Index('idx_stripe_customer_owner', ['ownerId'])
@Index('idx_stripe_customer_refresh', ['refreshAt'], { where: 'refresh_at IS NOT NULL' })
export class CustomerEntity {
  /** The row's own id; its order is the order of becoming known. */
  @PrimaryColumn(textColumn('id', 26))
  id!: string;

  /** The trust domain: which account's secrets vouched for the customer. */
  @Column({ ...textColumn('endpoint', 64), default: DEFAULT_ENDPOINT })
  endpoint!: string;

  /** Stripe's id of the customer, `cus_…`; unique within its endpoint. */
  @Column(textColumn('stripe_id'))
  stripeId!: string;

  /** Whether real money is concerned. */
  @Column({ type: 'boolean' })
  livemode!: boolean;

  /** The connected account the customer belongs to, `acct_…`; null for one's own. */
  @Column(optionalTextColumn('account'))
  account!: string | null;

  /** Not unique: Stripe allows many customers with one address. */
  @Column(optionalTextColumn('email', 512))
  email!: string | null;

  /** The full name, or that of the business. */
  @Column({ type: 'text', nullable: true })
  name!: string | null;

  /** As Stripe has it, in no particular form. */
  @Column({ type: 'text', nullable: true })
  phone!: string | null;

  /** What the application has told Stripe of the customer. */
  @Column({ type: 'text', nullable: true })
  description!: string | null;

  /** What the customer owes (positive) or has to its credit (negative), in the currency's minor unit. */
  @Column({ type: 'bigint', nullable: true, transformer: { to: (v: unknown) => v, from: toInteger } })
  balance!: number | null;

  /** Three lower-case letters (ISO 4217). */
  @Column(optionalTextColumn('currency', 8))
  currency!: string | null;

  /** Whether the latest invoice is overdue: https://docs.stripe.com/api/customers/object. */
  @Column({ type: 'boolean', nullable: true })
  delinquent!: boolean | null;

  /** `{ line1, line2, postal_code, city, state, country }`, or null. */
  @Column({ type: 'simple-json', nullable: true })
  address!: unknown;

  /** `{ name, phone, address, … }`, or null. */
  @Column({ type: 'simple-json', nullable: true })
  shipping!: unknown;

  /** `{ default_payment_method, custom_fields, footer, … }`. */
  @Column({ name: 'invoice_settings', type: 'simple-json', nullable: true })
  invoiceSettings!: unknown;

  /** The application's own keys and values at Stripe. */
  @Column({ type: 'simple-json', nullable: true })
  metadata!: unknown;

  /** Languages, the preferred one first. */
  @Column({ name: 'preferred_locales', type: 'simple-json', nullable: true })
  preferredLocales!: unknown;

  /** `none`, `exempt` or `reverse`. */
  @Column(optionalTextColumn('tax_exempt', 32))
  taxExempt!: string | null;

  /** The id of the default payment source; payment methods are in `invoiceSettings`. */
  @Column(optionalTextColumn('default_source'))
  defaultSource!: string | null;

  /** What the numbers of the customer's invoices begin with. */
  @Column(optionalTextColumn('invoice_prefix'))
  invoicePrefix!: string | null;

  /** When Stripe made the customer. */
  @Column(momentColumn('created_at', true))
  createdAt!: Date | null;

  /** When the customer was deleted at Stripe; deleting there is for good. */
  @Column(momentColumn('deleted_at', true))
  deletedAt!: Date | null;

  /** The application's own user this customer is. */
  @Column(optionalTextColumn('owner_id'))
  ownerId!: string | null;

  /** True as long as only the id is known: an event named the customer before anything described it. */
  @Column({ type: 'boolean', default: false })
  placeholder!: boolean;

  /** Stripe's time of the latest event that described the customer; an older one changes nothing. */
  @Column(momentColumn('last_event_at', true))
  lastEventAt!: Date | null;

  /** When a sync last saw the customer at Stripe, or that it is deleted there; by Stripe's clock. */
  @Column(momentColumn('synced_at', true))
  syncedAt!: Date | null;

  /** What described the customer last: an event (`created`, `updated`, `deleted`) or a `sync`. */
  @Column(optionalTextColumn('described_by', 12))
  describedBy!: string | null;

  /** When the customer is to be fetched from Stripe, since two descriptions differ whose order cannot be told. */
  @Column(momentColumn('refresh_at', true))
  refreshAt!: Date | null;

  /** The whole object as Stripe described it last. */
  @Column({ type: 'simple-json', nullable: true })
  data!: unknown;
}

function toInteger(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}
