import { rowReader, type Row, type StoredColumns } from '../database';
import { EventEntity } from './event.entity';

type StoredProperty = Exclude<keyof EventEntity, 'processed' | 'request' | 'customer' | 'message' | 'rawMessage'>;

/** How each stored property of an event is written: its column and what kind of value it holds. */
const COLUMNS: StoredColumns<StoredProperty> = {
  id: ['id', 'text'],
  endpoint: ['endpoint', 'text'],
  stripeId: ['stripe_id', 'text'],
  kind: ['kind', 'text'],
  livemode: ['livemode', 'boolean'],
  apiVersion: ['api_version', 'text'],
  requestId: ['request_id', 'text'],
  idempotencyKey: ['idempotency_key', 'text'],
  pendingWebhooks: ['pending_webhooks', 'integer'],
  account: ['account', 'text'],
  context: ['context', 'text'],
  createdAt: ['created_at', 'moment'],
  receivedAt: ['received_at', 'moment'],
  objectId: ['object_id', 'text'],
  objectType: ['object_type', 'text'],
  relatedUrl: ['related_url', 'text'],
  snapshotEvent: ['snapshot_event', 'text'],
  stripeCustomerId: ['stripe_customer_id', 'text'],
  customerAccount: ['customer_account', 'text'],
  status: ['status', 'text'],
  ignoredReason: ['ignored_reason', 'text'],
  attempts: ['attempts', 'integer'],
  lost: ['lost', 'integer'],
  leaseNo: ['lease_no', 'integer'],
  leaseUntil: ['lease_until', 'moment'],
  lane: ['lane', 'integer'],
  replayNo: ['replay_no', 'integer'],
  orderLock: ['order_lock', 'text'],
  heldSince: ['held_since', 'moment'],
  nextAttemptAt: ['next_attempt_at', 'moment'],
  processedAt: ['processed_at', 'moment'],
  lastError: ['last_error', 'text'],
  source: ['source', 'text'],
  valid: ['valid', 'boolean'],
};

/** The columns of an event's row. */
export const EVENT_COLUMNS: readonly string[] = Object.values(COLUMNS).map(([column]) => column);

/** The entity of a row, whichever driver returned it. */
export const eventFromRow: (row: Row) => EventEntity = rowReader(EventEntity, COLUMNS);
