import { useRef } from 'preact/hooks';
import type { Customer, CustomerPage as Page } from '../api/types';
import { customerHref, keyOf, several, tableLook } from '../state/accounts';
import { useEndless } from '../state/endless';
import { route, setQuery } from '../state/route';
import { ask } from '../state/session';
import { AccountChoice, AccountTag } from '../ui/account';
import { Empty, Mode, Problem, Text, Time } from '../ui/basics';
import { Icon } from '../ui/icon';
import { narrow } from '../ui/narrow';
import { Windowed } from '../ui/windowed';
import { money } from '../ui/words';

const PAUSE_MS = 300;
const COLUMNS = ['Customer', 'Name', 'E-mail', 'Owner', 'Balance', 'Last event'];

export function CustomersPage() {
  const { q, deleted, endpoint } = route.value.query;
  const { list, more } = useEndless<Customer>({
    key: JSON.stringify([q, deleted, endpoint]),
    load: (cursor, signal) => ask<Page>('customers', { query: { q, deleted, endpoint, limit: '100', cursor }, signal }),
  });
  return (
    <div class="filling">
      <div class="page-head">
        <h1 tabIndex={-1}>Customers</h1>
      </div>
      <CustomerFilter />
      <Problem of={list.problem} />
      <Windowed
        label="Customers"
        look={tableLook('customers')}
        items={list.items}
        rowHeight={narrow.value ? 84 : 44}
        columns={several.value ? [...COLUMNS, 'Account'] : COLUMNS}
        keyOf={keyOf}
        cells={customerCells}
        onEnd={more}
      >
        {list.busy ? (
          <p class="foot">Loading …</p>
        ) : (
          list.items.length === 0 && <Empty title="No customer fits this filter." />
        )}
      </Windowed>
    </div>
  );
}

function CustomerFilter() {
  const { q, deleted, endpoint } = route.value.query;
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  return (
    <form class="filters" role="search" aria-label="Filter customers" onSubmit={(event) => event.preventDefault()}>
      <div class="search">
        <Icon name="search" />
        <input
          type="search"
          aria-label="Search ids, e-mail addresses and names"
          placeholder="Beginning of an id, e-mail address or name"
          defaultValue={q ?? ''}
          onInput={({ currentTarget: { value } }) => {
            clearTimeout(timer.current);
            timer.current = setTimeout(() => setQuery({ deleted, endpoint, q: value.trim() }), PAUSE_MS);
          }}
        />
      </div>
      <select
        aria-label="Deleted or not"
        value={deleted ?? ''}
        onChange={(event) => setQuery({ q, endpoint, deleted: event.currentTarget.value })}
      >
        <option value="">All customers</option>
        <option value="false">not deleted</option>
        <option value="true">deleted</option>
      </select>
      {several.value && (
        <AccountChoice value={endpoint} onChoose={(chosen) => setQuery({ q, deleted, endpoint: chosen })} />
      )}
    </form>
  );
}

function customerCells(customer: Customer) {
  const { stripeId, name, email, ownerId, balance, currency, deletedAt, ...rest } = customer;
  return [
    <a class="row-link cut" href={customerHref(customer)}>
      <Text of={stripeId} mono />
    </a>,
    <strong class="cut">
      {name !== null && <Text of={name} />}
      {rest.placeholder && <span class="muted">not known yet</span>}
      {deletedAt !== null && <span class="tag">deleted</span>}
    </strong>,
    <span class="cut">{email !== null && <Text of={email} />}</span>,
    <span class="cut">{ownerId !== null && <Text of={ownerId} mono />}</span>,
    <span class="cut">{balance !== null && balance !== 0 && money(balance, currency ?? '')}</span>,
    <span class="cut">
      <Time at={rest.lastEventAt} />
      {rest.livemode && <Mode live />}
    </span>,
    ...(several.value ? [<AccountTag of={rest.endpoint} />] : []),
  ];
}
