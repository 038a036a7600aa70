import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import type { CustomerEntity } from '../customers';
import { momentColumn, optionalTextColumn, textColumn } from '../database';
import { DEFAULT_ENDPOINT, type EventSource, type EventStatus, type IgnoredReason } from './event-status';

/**
 * One Stripe event: what Stripe said, and how far its handling is.
 *
 * The row is narrow on purpose, since it is rewritten as the event is handled; the body lies in `stripe_event_payload`.
 */
@Entity('stripe_event')
@Index('idx_stripe_event_identity', ['stripeId', 'endpoint'], { unique: true })
@Index('idx_stripe_event_due', ['status', 'lane', 'nextAttemptAt', 'id'], { where: "status = 'pending'" })
@Index('idx_stripe_event_lease', ['status', 'leaseUntil'], { where: "status = 'processing'" })
@Index('idx_stripe_event_status', ['status', 'id'], { where: "status <> 'succeeded'" })
@Index('idx_stripe_event_kind', ['kind', 'id'])
@Index('idx_stripe_event_customer', ['stripeCustomerId', 'id'], { where: 'stripe_customer_id IS NOT NULL' })
@Index('idx_stripe_event_account', ['account', 'id'], { where: 'account IS NOT NULL' })
@Index('idx_stripe_event_object', ['objectId', 'id'], { where: 'object_id IS NOT NULL' })
@Index('idx_stripe_event_open', ['objectId', 'status', 'createdAt', 'id'], {
  where: "object_id IS NOT NULL AND status IN ('pending', 'processing')",
})
@Index('idx_stripe_event_order', ['orderLock'], { unique: true, where: 'order_lock IS NOT NULL' })
export class EventEntity {
  /** The row's own id; its order is the order of receiving. */
  @PrimaryColumn(textColumn('id', 26))
  id!: string;

  /** The trust domain: which account's secrets vouched for the event. */
  @Column({ ...textColumn('endpoint', 64), default: DEFAULT_ENDPOINT })
  endpoint!: string;

  /** Stripe's id of the event, `evt_…`; unique within its endpoint. */
  @Column(textColumn('stripe_id'))
  stripeId!: string;

  /** Stripe's type of the event, e.g. `invoice.paid`. */
  @Column(textColumn('kind'))
  kind!: string;

  /** Whether real money is concerned. */
  @Column({ type: 'boolean' })
  livemode!: boolean;

  /** The API version the body is written in; null on thin and very old events. */
  @Column(optionalTextColumn('api_version'))
  apiVersion!: string | null;

  /** Stripe's id of the API request that caused the event; null when Stripe caused it by itself. */
  @Column(optionalTextColumn('request_id'))
  requestId!: string | null;

  /** The idempotency key of that request. */
  @Column(optionalTextColumn('idempotency_key'))
  idempotencyKey!: string | null;

  /** How many deliveries were outstanding when Stripe wrote the body. */
  @Column({ name: 'pending_webhooks', type: 'int', default: 0 })
  pendingWebhooks!: number;

  /** The connected account the event is about, `acct_…`; null for one's own. */
  @Column(optionalTextColumn('account'))
  account!: string | null;

  /** The context in which the event and its object can be fetched; organisations and thin events. */
  @Column(optionalTextColumn('context'))
  context!: string | null;

  /** When Stripe made the event. Says nothing about order: distinct events share a second. */
  @Column(momentColumn('created_at', true))
  createdAt!: Date | null;

  /** When this application received the event first. */
  @Column(momentColumn('received_at'))
  receivedAt!: Date;

  /** The id of the object the event is about; null where that object has none. */
  @Column(optionalTextColumn('object_id'))
  objectId!: string | null;

  /** The type of the object the event is about, e.g. `invoice`. */
  @Column(optionalTextColumn('object_type'))
  objectType!: string | null;

  /** The path of that object in the Stripe API; thin events alone say it. */
  @Column(optionalTextColumn('related_url'))
  relatedUrl!: string | null;

  /** Of a thin event, the id of the snapshot event that tells of the same fact. */
  @Column(optionalTextColumn('snapshot_event'))
  snapshotEvent!: string | null;

  /** The customer the event concerns, `cus_…`. */
  @Column(optionalTextColumn('stripe_customer_id'))
  stripeCustomerId!: string | null;

  /** The customer that is itself an account, `acct_…`. */
  @Column(optionalTextColumn('customer_account'))
  customerAccount!: string | null;

  /** Where the event is on its way. */
  @Column(textColumn('status', 12))
  status!: EventStatus;

  /** Why an ignored event is ignored. */
  @Column(optionalTextColumn('ignored_reason', 16))
  ignoredReason!: IgnoredReason | null;

  /** How often a worker has begun to handle the event since it was received or last replayed. */
  @Column({ type: 'int', default: 0 })
  attempts!: number;

  /** How often a worker vanished while it held the event. */
  @Column({ type: 'int', default: 0 })
  lost!: number;

  /** The number of the latest lease. Every write of a worker carries it, so that one which lost its lease writes nothing. */
  @Column({ name: 'lease_no', type: 'int', default: 0 })
  leaseNo!: number;

  /** Until when the worker that holds the event may keep silent. */
  @Column(momentColumn('lease_until', true))
  leaseUntil!: Date | null;

  /** 0 for events as they come in, 1 for replayed ones, which wait until no other is due. */
  @Column({ type: 'int', default: 0 })
  lane!: number;

  /** How often the event was replayed. Runs are recorded with it, so that those of before count no more. */
  @Column({ name: 'replay_no', type: 'int', default: 0 })
  replayNo!: number;

  /** While a worker holds the event and objects keep their order: the object, which no other event may hold then. */
  @Column(optionalTextColumn('order_lock', 64))
  orderLock!: string | null;

  /** Since when an earlier event of the same object keeps this one waiting. */
  @Column(momentColumn('held_since', true))
  heldSince!: Date | null;

  /** When a pending event is due. */
  @Column(momentColumn('next_attempt_at', true))
  nextAttemptAt!: Date | null;

  /** When the event was settled. */
  @Column(momentColumn('processed_at', true))
  processedAt!: Date | null;

  /** What the latest failure said, without secrets, at most 2,000 characters. */
  @Column({ name: 'last_error', type: 'text', nullable: true })
  lastError!: string | null;

  /** How the event came in. */
  @Column(textColumn('source', 12))
  source!: EventSource;

  /** What `validate()` said when it compared the event with Stripe's own copy; null while nobody asked. */
  @Column({ type: 'boolean', nullable: true })
  valid!: boolean | null;

  /**
   * The customer the event concerns, found by its Stripe id. No foreign key: an event is never refused, and never waits
   * for a lock, for want of its customer.
   */
  @ManyToOne('CustomerEntity', { createForeignKeyConstraints: false, nullable: true })
  @JoinColumn([
    { name: 'endpoint', referencedColumnName: 'endpoint' },
    { name: 'stripe_customer_id', referencedColumnName: 'stripeId' },
  ])
  customer?: Relation<CustomerEntity> | null;

  /**
   * The body: parsed where it is JSON, else its text. A property of events that were loaded with their body (`find`, the
   * admin's single event, handlers), undefined on others.
   */
  message?: unknown;

  /** The body as it was received, character for character. Loaded together with `message`. */
  rawMessage?: string;

  /** Whether nothing is left to do: the event succeeded, was given up, or was ignored. */
  get processed(): boolean {
    return this.status !== 'pending' && this.status !== 'processing';
  }

  /** The API request that caused the event, as Stripe writes it today; null when Stripe caused it by itself. */
  get request(): { id: string | null; idempotency_key: string | null } | null {
    const known = this.requestId !== null || this.idempotencyKey !== null;
    return known ? { id: this.requestId, idempotency_key: this.idempotencyKey } : null;
  }
}
