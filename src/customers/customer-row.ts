import { rowReader, type Row, type StoredColumns } from '../database';
import { CustomerEntity } from './customer.entity';

/** How each property of a customer is written: its column and what kind of value it holds. */
const COLUMNS: StoredColumns<keyof CustomerEntity> = {
  id: ['id', 'text'],
  endpoint: ['endpoint', 'text'],
  stripeId: ['stripe_id', 'text'],
  livemode: ['livemode', 'boolean'],
  account: ['account', 'text'],
  email: ['email', 'text'],
  name: ['name', 'text'],
  phone: ['phone', 'text'],
  description: ['description', 'text'],
  balance: ['balance', 'integer'],
  currency: ['currency', 'text'],
  delinquent: ['delinquent', 'boolean'],
  address: ['address', 'json'],
  shipping: ['shipping', 'json'],
  invoiceSettings: ['invoice_settings', 'json'],
  metadata: ['metadata', 'json'],
  preferredLocales: ['preferred_locales', 'json'],
  taxExempt: ['tax_exempt', 'text'],
  defaultSource: ['default_source', 'text'],
  invoicePrefix: ['invoice_prefix', 'text'],
  createdAt: ['created_at', 'moment'],
  deletedAt: ['deleted_at', 'moment'],
  ownerId: ['owner_id', 'text'],
  placeholder: ['placeholder', 'boolean'],
  lastEventAt: ['last_event_at', 'moment'],
  syncedAt: ['synced_at', 'moment'],
  describedBy: ['described_by', 'text'],
  refreshAt: ['refresh_at', 'moment'],
  data: ['data', 'json'],
};

/** The columns of a customer's row. */
export const CUSTOMER_COLUMNS: readonly string[] = Object.values(COLUMNS).map(([column]) => column);

/** The entity of a row, whichever driver returned it. */
export const customerFromRow: (row: Row) => CustomerEntity = rowReader(CustomerEntity, COLUMNS);
