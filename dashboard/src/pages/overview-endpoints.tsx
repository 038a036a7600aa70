import type { ComponentChildren } from 'preact';
import type { WatchedAccount, WatchedEndpoint, WatchedEndpoints } from '../api/types';
import { several } from '../state/accounts';
import { usePolled } from '../state/polled';
import { ask } from '../state/session';
import { AccountTag } from '../ui/account';
import { Card, Empty, Text, Time } from '../ui/basics';
import { plain } from '../ui/words';

/** The application itself asks Stripe once in five minutes. */
const EVERY_MS = 60_000;
const MOST_NAMED = 4;

/** Whether Stripe sends what the handlers wait for. Nothing where the application cannot ask. */
export function EndpointsCard() {
  const { answer } = usePolled<WatchedEndpoints>({
    key: 'endpoints',
    load: (signal) => ask<WatchedEndpoints>('endpoints', { signal }),
    every: () => EVERY_MS,
  }).value;
  const [first] = answer?.data ?? [];
  if (answer === null || first === undefined) return null;
  return (
    <Card title="Webhook endpoints" action={<Checked at={first.checkedAt} />}>
      {answer.data.map((account) => (
        <Account key={account.endpoint} of={account} />
      ))}
    </Card>
  );
}

function Checked({ at }: { readonly at: string | null }) {
  return (
    <span class="muted">
      at Stripe, <Time at={at} />
    </span>
  );
}

function Account({ of: { endpoint, problem, found } }: { readonly of: WatchedAccount }) {
  return (
    <div class="endpoints">
      {several.value && <AccountTag of={endpoint} />}
      {problem !== null && (
        <p class="muted">
          Stripe did not say: <Text of={problem} />
        </p>
      )}
      {problem === null && found.length === 0 && <Empty title="No endpoint at Stripe leads here." />}
      <ul class="lines">
        {found.map((one) => (
          <li key={one.id}>
            <Endpoint of={one} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Endpoint({ of }: { readonly of: WatchedEndpoint }) {
  const notes = notesOf(of);
  return (
    <div class="endpoint">
      <span class="endpoint-url">
        <Text of={of.url} />
      </span>
      {of.disabled ? (
        <span class="status status-dead">disabled</span>
      ) : (
        <span class={`status ${isBehind(of) ? 'status-pending' : 'status-succeeded'}`}>
          {isBehind(of) ? 'behind' : 'in step'}
        </span>
      )}
      {notes.length > 0 && (
        <ul class="endpoint-notes">
          {notes.map((note, index) => (
            <li key={index}>{note}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function isBehind({ missingTypes, apiVersion }: WatchedEndpoint): boolean {
  return (missingTypes?.length ?? 0) > 0 || apiVersion !== null;
}

function notesOf({ disabled, missingTypes, extraTypes, apiVersion }: WatchedEndpoint): ComponentChildren[] {
  return [
    disabled && 'Stripe sends nothing until it is enabled again.',
    missingTypes !== null &&
      missingTypes.length > 0 &&
      `Not sent, although there are handlers: ${named(missingTypes)}.`,
    apiVersion !== null &&
      `Sends the API version ${plain(apiVersion.is ?? 'of the account')}; the application speaks ${plain(apiVersion.wanted ?? 'that of the account')}.`,
    extraTypes !== null && extraTypes.length > 0 && sentInVain(extraTypes),
    missingTypes === null && 'Its types cannot be compared: the handlers are in other processes.',
  ].filter((note) => note !== false);
}

function sentInVain(types: readonly string[]): string {
  return types.includes('*')
    ? 'Sends every type, also those without a handler.'
    : `Sent without a handler: ${named(types)}.`;
}

function named(types: readonly string[]): string {
  const shown = types.slice(0, MOST_NAMED).map(plain).join(', ');
  return types.length > MOST_NAMED ? `${shown} and ${types.length - MOST_NAMED} more` : shown;
}
