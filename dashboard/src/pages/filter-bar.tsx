import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { SOURCES, STATUSES } from '../api/types';
import { several } from '../state/accounts';
import { setQuery } from '../state/route';
import { AccountChoice } from '../ui/account';
import { Icon } from '../ui/icon';
import type { Filter, FilterName } from './event-filter';

const PAUSE_MS = 300;

/** Every filter of the list; each change is in the address at once, so that it can be sent to somebody. */
export function FilterBar({ filter }: { readonly filter: Filter }) {
  const open = useSignal(['customer', 'account', 'object', 'source', 'from', 'to'].some((name) => name in filter));
  const set = (name: FilterName, value: string): void => setQuery({ ...filter, [name]: value });
  return (
    <form class="filters" role="search" aria-label="Filter events" onSubmit={(event) => event.preventDefault()}>
      <div class="search">
        <Icon name="search" />
        <Field filter={filter} name="q" label="Search ids and types" set={set} />
      </div>
      <Field filter={filter} name="kind" label="Type, or invoice.*" list="known-kinds" set={set} />
      <Choice filter={filter} name="status" label="Any status" choices={STATUSES} set={set} />
      {several.value && <AccountChoice value={filter.endpoint} onChoose={(endpoint) => set('endpoint', endpoint)} />}
      <Choice filter={filter} name="livemode" label="Live and test" choices={['true', 'false']} set={set} />
      <button
        type="button"
        class="button button-quiet"
        aria-expanded={open.value}
        onClick={() => (open.value = !open.value)}
      >
        {open.value ? 'Fewer filters' : 'More filters'}
      </button>
      {Object.keys(filter).length > 0 && (
        <button type="button" class="button button-quiet" onClick={() => setQuery({})}>
          Clear
        </button>
      )}
      {open.value && (
        <div class="more-filters">
          <Field filter={filter} name="customer" label="Customer, cus_…" set={set} />
          <Field filter={filter} name="object" label="Object, in_…" set={set} />
          <Field filter={filter} name="account" label="Connected, acct_…" set={set} />
          <Choice filter={filter} name="source" label="Any source" choices={SOURCES} set={set} />
          <Moment filter={filter} name="from" label="From" set={set} />
          <Moment filter={filter} name="to" label="Until" set={set} />
        </div>
      )}
    </form>
  );
}

interface FieldProps {
  readonly filter: Filter;
  readonly name: FilterName;
  readonly label: string;
  readonly set: (name: FilterName, value: string) => void;
}

/** Waits until the reader has stopped typing. */
function Field({ filter, name, label, list, set }: FieldProps & { readonly list?: string }) {
  const typed = useSignal(filter[name] ?? '');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    typed.value = filter[name] ?? '';
  }, [filter[name]]);
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={label}
      spellcheck={false}
      autocomplete="off"
      list={list}
      value={typed.value}
      onInput={({ currentTarget: { value } }) => {
        typed.value = value;
        clearTimeout(timer.current);
        timer.current = setTimeout(() => set(name, value.trim()), PAUSE_MS);
      }}
    />
  );
}

const WORDS: Readonly<Record<string, string>> = { true: 'live', false: 'test' };

function Choice({ filter, name, label, choices, set }: FieldProps & { readonly choices: readonly string[] }) {
  return (
    <select aria-label={label} value={filter[name] ?? ''} onChange={(event) => set(name, event.currentTarget.value)}>
      <option value="">{label}</option>
      {choices.map((choice) => (
        <option key={choice} value={choice}>
          {WORDS[choice] ?? choice}
        </option>
      ))}
    </select>
  );
}

/** Typed in the reader's own time; in the address, and to the API, in UTC. */
function Moment({ filter, name, label, set }: FieldProps) {
  const known = Date.parse(filter[name] ?? '');
  const local = Number.isNaN(known) ? '' : new Date(known - new Date(known).getTimezoneOffset() * 60_000).toISOString();
  return (
    <label class="moment">
      {label}
      <input
        type="datetime-local"
        value={local.slice(0, 16)}
        onChange={({ currentTarget: { value } }) => set(name, value === '' ? '' : new Date(value).toISOString())}
      />
    </label>
  );
}
