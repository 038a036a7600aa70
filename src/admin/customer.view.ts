import type { CustomerEntity } from '../customers';
import type { EventEntity, Page } from '../events';
import { EventView, eventView } from './event.view';
import { moment } from './moment';
import { ApiField, ApiSchema, type FieldDoc } from './openapi';
import type { PayloadMask } from './payload-mask';

const OPTIONAL: FieldDoc = { type: 'string', nullable: true };
const OPTIONAL_MOMENT: FieldDoc = { type: 'string', format: 'date-time', nullable: true };
const OPTIONAL_OBJECT: FieldDoc = { type: 'object', nullable: true };

/** A customer as the administration shows it. */
@ApiSchema('StripeCustomerView')
export class CustomerView {
  @ApiField({ type: 'string' })
  stripeId!: string;

  @ApiField({ type: 'string', description: 'The account, by its name in the application.' })
  endpoint!: string;

  @ApiField({ type: 'boolean' })
  livemode!: boolean;

  @ApiField(OPTIONAL)
  account!: string | null;

  @ApiField(OPTIONAL)
  email!: string | null;

  @ApiField(OPTIONAL)
  name!: string | null;

  @ApiField({ type: 'integer', nullable: true, description: 'In the currency’s minor unit; positive is owed.' })
  balance!: number | null;

  @ApiField(OPTIONAL)
  currency!: string | null;

  @ApiField({ type: 'boolean', nullable: true })
  delinquent!: boolean | null;

  @ApiField({ ...OPTIONAL, description: 'The application’s own user.' })
  ownerId!: string | null;

  @ApiField({ type: 'boolean', description: 'Known by its id only.' })
  placeholder!: boolean;

  @ApiField({ ...OPTIONAL_MOMENT, description: 'When Stripe made the customer.' })
  createdAt!: string | null;

  @ApiField(OPTIONAL_MOMENT)
  deletedAt!: string | null;

  @ApiField(OPTIONAL_MOMENT)
  lastEventAt!: string | null;

  @ApiField(OPTIONAL_MOMENT)
  syncedAt!: string | null;
}

/** One customer with all that is known of it, and its latest events. */
@ApiSchema('StripeCustomerDetailView')
export class CustomerDetailView extends CustomerView {
  @ApiField(OPTIONAL)
  phone!: string | null;

  @ApiField(OPTIONAL)
  description!: string | null;

  @ApiField(OPTIONAL_OBJECT)
  address!: unknown;

  @ApiField(OPTIONAL_OBJECT)
  shipping!: unknown;

  @ApiField(OPTIONAL_OBJECT)
  invoiceSettings!: unknown;

  @ApiField(OPTIONAL_OBJECT)
  metadata!: unknown;

  @ApiField({ type: 'string', isArray: true, nullable: true })
  preferredLocales!: unknown;

  @ApiField(OPTIONAL)
  taxExempt!: string | null;

  @ApiField(OPTIONAL)
  defaultSource!: string | null;

  @ApiField(OPTIONAL)
  invoicePrefix!: string | null;

  @ApiField({ type: () => EventView, isArray: true, description: 'Newest first.' })
  events!: EventView[];
}

/** A page of customers. */
@ApiSchema('StripeCustomerPage')
export class CustomerPageView {
  @ApiField({ type: () => CustomerView, isArray: true })
  data!: CustomerView[];

  @ApiField({ ...OPTIONAL, description: 'Where the next page goes on.' })
  nextCursor!: string | null;
}

/** What is shown of a customer in a list. */
export function customerView(customer: CustomerEntity, mask: PayloadMask): Readonly<CustomerView> {
  const { stripeId, endpoint, livemode, account, email, name, balance, currency, delinquent } = customer;
  return {
    ...{ stripeId, endpoint, livemode, account, balance, currency, delinquent },
    ...mask.applyToObject({ email, name }),
    ownerId: customer.ownerId,
    placeholder: customer.placeholder,
    createdAt: moment(customer.createdAt),
    deletedAt: moment(customer.deletedAt),
    lastEventAt: moment(customer.lastEventAt),
    syncedAt: moment(customer.syncedAt),
  };
}

/** What is shown of a customer by itself. */
export function customerDetailView(
  customer: CustomerEntity,
  events: readonly EventEntity[],
  mask: PayloadMask,
): CustomerDetailView {
  const { phone, description, address, shipping, invoiceSettings, metadata, preferredLocales } = customer;
  const { taxExempt, defaultSource, invoicePrefix } = customer;
  return {
    ...customerView(customer, mask),
    ...mask.applyToObject({ phone, description, address, shipping, invoiceSettings, metadata, preferredLocales }),
    ...mask.applyToObject({ taxExempt, defaultSource, invoicePrefix }),
    events: events.map(eventView),
  };
}

/** What is shown of a page. */
export function customerPageView({ data, nextCursor }: Page<CustomerEntity>, mask: PayloadMask): CustomerPageView {
  return { data: data.map((customer) => customerView(customer, mask)), nextCursor };
}
