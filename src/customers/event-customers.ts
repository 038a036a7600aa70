import { directoryKey, type EventEntity } from '../events';
import type { CustomerEntity } from './customer.entity';
import type { CustomerStore } from './customer.store';
import type { MissedReplays } from './missed-replays';
import type { OwnerFinder } from './owner-finder';

/** Finds the customers of events before these are handled: what the events say of them, and whose they are. */
export class EventCustomers {
  constructor(
    private readonly customers: Pick<CustomerStore, 'ensure' | 'absorb'>,
    private readonly owners?: Pick<OwnerFinder, 'find'>,
    private readonly missed?: Pick<MissedReplays, 'replay'>,
  ) {}

  /** The customers of these events as they are now, with an owner where one can be found. */
  async of(events: readonly EventEntity[]): Promise<(event: EventEntity) => CustomerEntity | null> {
    const named = events.flatMap(({ endpoint, stripeCustomerId, livemode, account }) =>
      stripeCustomerId === null ? [] : [{ endpoint, stripeId: stripeCustomerId, livemode, account }],
    );
    const before = await this.customers.ensure(named);
    const changed = await this.customers.absorb(events);
    let now = changed ? await this.customers.ensure(named) : before;
    const customerOf = ({ endpoint, stripeCustomerId }: EventEntity): CustomerEntity | null =>
      now.get(directoryKey(endpoint, stripeCustomerId ?? '')) ?? null;
    await this.missed?.replay([...now].flatMap(([key, customer]) => describedBy(customer, before.get(key))));
    if (await this.owners?.find(events, customerOf)) {
      now = await this.customers.ensure(named);
    }
    return customerOf;
  }
}

function describedBy(now: CustomerEntity, before: CustomerEntity | undefined): CustomerEntity[] {
  return before?.placeholder === true && !now.placeholder ? [now] : [];
}
