import type { CustomerDetail } from '../api/types';
import { Tree } from '../payload/tree';
import { usePolled } from '../state/polled';
import { hrefTo } from '../state/route';
import { act } from '../state/acting';
import { ask, can } from '../state/session';
import { Card, CopyButton, Empty, Facts, Loading, Mode, Problem, Text, Time } from '../ui/basics';
import { Icon } from '../ui/icon';
import { money } from '../ui/words';
import { EventLines } from './related';

export function CustomerPage({ id }: { readonly id: string }) {
  const { answer, problem } = usePolled<CustomerDetail>({
    key: id,
    load: (signal) => ask<CustomerDetail>(`customers/${encodeURIComponent(id)}`, { signal }),
    every: () => 10_000,
  }).value;
  return (
    <>
      <nav class="crumbs" aria-label="Where this is">
        <a href="#/customers">Customers</a> <Icon name="right" /> <Text of={id} mono />
      </nav>
      <Problem of={problem} />
      {answer === null ? problem === null && <Loading /> : <Content customer={answer} />}
    </>
  );
}

function Content({ customer }: { readonly customer: CustomerDetail }) {
  const { stripeId, name, email, livemode, placeholder, deletedAt, delinquent, events } = customer;
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>
          <Text of={name ?? email ?? stripeId} />
        </h1>
        <Mode live={livemode} />
        {placeholder && <span class="tag">known by id only</span>}
        {deletedAt !== null && <span class="tag">deleted</span>}
        {delinquent === true && <span class="tag tag-bad">delinquent</span>}
        <span class="id">
          <Text of={stripeId} mono />
          <CopyButton text={stripeId} what="id" />
        </span>
        {can('customers/sync') && (
          <div class="page-actions">
            <button
              type="button"
              class="button"
              onClick={() =>
                void act({
                  path: 'customers/sync',
                  body: { ids: [stripeId] },
                  done: 'The customer is being fetched from Stripe.',
                })
              }
            >
              Sync
            </button>
          </div>
        )}
      </div>
      <div class="event-columns">
        <div>
          <Card title="Latest events" action={<a href={hrefTo(['events'], { customer: stripeId })}>All of them</a>}>
            {events.length === 0 ? <Empty title="No events." /> : <EventLines events={events} />}
          </Card>
        </div>
        <div>
          <CustomerFacts customer={customer} />
          <More customer={customer} />
        </div>
      </div>
    </>
  );
}

function CustomerFacts({ customer }: { readonly customer: CustomerDetail }) {
  const { email, phone, ownerId, account, balance, currency, description, taxExempt, invoicePrefix } = customer;
  return (
    <Card title="Details">
      <Facts
        of={[
          ['Owner', ownerId === null ? <span class="muted">not linked</span> : <Text of={ownerId} mono />],
          ['E-mail', email && <Text of={email} />],
          ['Phone', phone && <Text of={phone} />],
          ['Balance', balance === null ? null : money(balance, currency ?? '')],
          ['Account', account && <Text of={account} mono />],
          ['Description', description && <Text of={description} />],
          ['Tax', taxExempt && <Text of={taxExempt} />],
          ['Invoice prefix', invoicePrefix && <Text of={invoicePrefix} mono />],
          ['Created', <Time at={customer.createdAt} />],
          ['Last event', <Time at={customer.lastEventAt} />],
          ['Last sync', <Time at={customer.syncedAt} fallback="never" />],
        ]}
      />
    </Card>
  );
}

function More({
  customer: { metadata, address, shipping, invoiceSettings, preferredLocales },
}: {
  readonly customer: CustomerDetail;
}) {
  const parts = Object.entries({ metadata, address, shipping, invoiceSettings, preferredLocales }).filter(
    ([, value]) => value !== null && value !== undefined,
  );
  if (parts.length === 0) return null;
  return (
    <Card title="More">
      <div class="scroller payload" tabIndex={0} role="region" aria-label="More of the customer">
        <Tree value={Object.fromEntries(parts)} found={null} />
      </div>
    </Card>
  );
}
