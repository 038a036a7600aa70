import { useSignal } from '@preact/signals';
import type { SyncRun, SyncRuns } from '../api/types';
import { accounts, several, within } from '../state/accounts';
import { act, changes, type Action } from '../state/acting';
import { usePolled } from '../state/polled';
import { ask, can } from '../state/session';
import { AccountTag } from '../ui/account';
import { Card, Empty, Status, Text, Time } from '../ui/basics';
import { count, duration } from '../ui/words';

const SOON_MS = 1_000;
const CALM_MS = 15_000;
const SHOWN = '5';

const NAMES = {
  'catch-up': 'Catch-up of events',
  'thin-catch-up': 'Catch-up of thin events',
  customers: 'Sync of customers',
} as const;

const STARTS: readonly (Action & { readonly name: string })[] = [
  { name: 'Catch up', path: 'events/catch-up', done: 'Missed events are being fetched from Stripe.' },
  { name: 'Sync customers', path: 'customers/sync', done: 'Customers are being fetched from Stripe.' },
];

/** Whether the application can fetch from Stripe. */
export function hasSyncRuns(): boolean {
  return [...STARTS.map(({ path }) => path), 'runs/:run/cancel'].some(can);
}

/** The latest catch-ups and syncs, and the buttons that start one. */
export function SyncRunsCard() {
  const { answer } = usePolled<SyncRuns>({
    key: `runs ${changes.value}`,
    load: (signal) => ask<SyncRuns>('runs', { query: { limit: SHOWN }, signal }),
    every: (latest) => (latest?.data.some(({ status }) => status === 'running') === true ? SOON_MS : CALM_MS),
  }).value;
  const starts = STARTS.filter(({ path }) => can(path));
  return (
    <Card title="Fetched from Stripe" action={<Starts of={starts} />}>
      {answer === null || answer.data.length === 0 ? (
        <Empty title="Nothing was fetched yet." />
      ) : (
        <ul class="lines">
          {answer.data.map((run) => (
            <li key={run.run}>
              <RunLine run={run} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** Where there are several accounts, each is fetched from by itself. */
function Starts({ of }: { readonly of: typeof STARTS }) {
  const chosen = useSignal(accounts.value[0]);
  if (of.length === 0) return null;
  return (
    <span class="page-actions">
      {several.value && (
        <select
          aria-label="Account to fetch from"
          value={chosen.value}
          onChange={({ currentTarget: { value } }) => (chosen.value = value)}
        >
          {accounts.value.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      )}
      {of.map(({ name, ...action }) => (
        <button
          key={name}
          type="button"
          class="button"
          onClick={() => void act({ ...action, body: within(chosen.value) })}
        >
          {name}
        </button>
      ))}
    </span>
  );
}

function RunLine({ run }: { readonly run: SyncRun }) {
  const { kind, status, startedAt, error, endpoint, account } = run;
  return (
    <div class="run">
      <strong>{NAMES[kind]}</strong>
      {several.value && <AccountTag of={endpoint} />}
      {account !== null && <AccountTag of={account} />}
      <Status of={status} />
      <Time at={startedAt} />
      <span class="muted">{progressOf(run)}</span>
      {status === 'running' && (
        <>
          <progress
            max={run.total ?? undefined}
            value={run.total === null ? undefined : run.done}
            aria-label="Progress"
          />
          {can('runs/:run/cancel') && (
            <button
              type="button"
              class="button"
              onClick={() => void act({ path: `runs/${encodeURIComponent(run.run)}/cancel`, done: 'The run ends.' })}
            >
              Cancel
            </button>
          )}
        </>
      )}
      {error !== null && (
        <span class="line-error">
          <Text of={error} />
        </span>
      )}
    </div>
  );
}

function progressOf({ done, total, added, failed, startedAt, finishedAt }: SyncRun): string {
  const parts = [
    total === null ? `${count(done)} fetched` : `${count(done)} of ${count(total)}`,
    added > 0 ? `${count(added)} new` : '',
    failed > 0 ? `${count(failed)} could not be taken` : '',
    finishedAt === null ? '' : `in ${duration(Date.parse(finishedAt) - Date.parse(startedAt ?? ''))}`,
  ];
  return parts.filter(Boolean).join(', ');
}
