import type { CustomerDetail } from '../api/types';
import { Tree } from '../payload/tree';
import { useSignal } from '@preact/signals';
import { now } from '../state/now';
import { usePolled } from '../state/polled';
import { several, within } from '../state/accounts';
import { hrefTo, route } from '../state/route';
import { act } from '../state/acting';
import { ask, can } from '../state/session';
import { AccountTag, ProblemOrWhose } from '../ui/account';
import { Card, CopyButton, Empty, Facts, Loading, Mode, Text, Time } from '../ui/basics';
import { Icon } from '../ui/icon';
import { money } from '../ui/words';
import { EventLines } from './related';

const SOON_MS = 1_000;
const CALM_MS = 10_000;
/** For so long what was fetched is waited for. */
const FETCHING_MS = 15_000;

export function CustomerPage({ id }: { readonly id: string }) {
  const { endpoint } = route.value.query;
  const asked = useSignal(0);
  const { answer, problem } = usePolled<CustomerDetail>({
    key: `${id} ${endpoint ?? ''} ${asked.value}`,
    load: (signal) => ask<CustomerDetail>(`customers/${encodeURIComponent(id)}`, { query: { endpoint }, signal }),
    every: () => (now.value - asked.value < FETCHING_MS ? SOON_MS : CALM_MS),
  }).value;
  const last = useSignal<CustomerDetail | null>(null);
  if (answer !== null) last.value = answer;
  const shown = answer ?? last.value;
  return (
    <>
      <nav class="crumbs" aria-label="Where this is">
        <a href="#/customers">Customers</a> <Icon name="right" /> <Text of={id} mono />
      </nav>
      <ProblemOrWhose of={problem} parts={['customers', id]} />
      {shown === null ? (
        problem === null && <Loading />
      ) : (
        <Content customer={shown} onSync={() => (asked.value = now.value)} />
      )}
    </>
  );
}

interface ContentProps {
  readonly customer: CustomerDetail;
  readonly onSync: () => void;
}

function Content({ customer, onSync }: ContentProps) {
  const { stripeId, endpoint, name, email, livemode, placeholder, deletedAt, delinquent, events } = customer;
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>
          <Text of={name ?? email ?? stripeId} />
        </h1>
        <Mode live={livemode} />
        {several.value && <AccountTag of={endpoint} />}
        {placeholder && <span class="tag">known by id only</span>}
        {deletedAt !== null && <span class="tag">deleted</span>}
        {delinquent === true && <span class="tag tag-bad">delinquent</span>}
        <span class="id">
          <Text of={stripeId} mono />
          <CopyButton text={stripeId} what="id" />
        </span>
        {can('customers/sync') && <SyncButton customer={customer} onSync={onSync} />}
      </div>
      <div class="event-columns">
        <div>
          <Card
            title="Latest events"
            action={<a href={hrefTo(['events'], { customer: stripeId, ...within(endpoint) })}>All of them</a>}
          >
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

function SyncButton({ customer, onSync }: ContentProps) {
  const { stripeId, endpoint, account } = customer;
  const sync = (): void => {
    onSync();
    const body = { ids: [stripeId], ...within(endpoint), ...(account === null ? {} : { account }) };
    void act({ path: 'customers/sync', body, done: 'The customer is being fetched from Stripe.' });
  };
  return (
    <div class="page-actions">
      <button type="button" class="button" onClick={sync}>
        Sync
      </button>
    </div>
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
          ['Connected account', account && <Text of={account} mono />],
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
        <Tree name="customer" value={Object.fromEntries(parts)} found={null} />
      </div>
    </Card>
  );
}
