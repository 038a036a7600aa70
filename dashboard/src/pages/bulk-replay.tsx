import { useSignal } from '@preact/signals';
import type { EventPage } from '../api/types';
import { act } from '../state/acting';
import { usePolled } from '../state/polled';
import { ask } from '../state/session';
import { Dialog, DialogActions } from '../ui/dialog';
import { count, plain } from '../ui/words';
import type { Filter } from './event-filter';

/** What the API replays by. */
const REPLAYED_BY: readonly string[] = ['status', 'kind', 'endpoint', 'from', 'to'];
const MOST_COUNTED = 1_000;
const PAGE = 100;

interface BulkReplayProps {
  readonly filter: Filter;
  readonly onClose: (changed: boolean) => void;
}

/** Asks before many events are made due again, and says how many they are. */
export function BulkReplay({ filter, onClose }: BulkReplayProps) {
  const busy = useSignal(false);
  const foreign = Object.keys(filter).filter((name) => !REPLAYED_BY.includes(name));
  const counted = usePolled({
    key: 'count',
    load: (signal) => (foreign.length > 0 ? Promise.resolve(0) : countOf(filter, signal)),
    every: () => null,
  }).value.answer;
  const replay = (): void => {
    busy.value = true;
    void act({ path: 'events/replay', body: filter, done: 'The events are due again.' }).then(onClose);
  };
  return (
    <Dialog title="Replay events" onClose={() => onClose(false)}>
      {foreign.length > 0 ? (
        <p>Many events are replayed by status, type and time alone. Clear the filter on {foreign.join(', ')} first.</p>
      ) : (
        <Warning filter={filter} counted={counted} />
      )}
      <DialogActions
        yes={foreign.length > 0 ? null : 'Replay'}
        disabled={busy.value || counted === null || counted === 0}
        onYes={replay}
        onNo={() => onClose(false)}
      />
    </Dialog>
  );
}

function Warning({ filter, counted }: { readonly filter: Filter; readonly counted: number | null }) {
  return (
    <>
      <p>
        <strong>{counted === null ? 'Counting …' : saidOf(counted)}</strong> with {described(filter)} will be due again,
        oldest first and at most 1,000 at once, and all of their handlers run again.
      </p>
      <p class="hint">
        Events in work are passed over, and ignored ones unless the filter says so. Mails and calls to other services
        happen again, unless the other side knows the idempotency key.
      </p>
    </>
  );
}

function saidOf(events: number): string {
  const number = events >= MOST_COUNTED ? `${count(MOST_COUNTED)} or more` : count(events);
  return `${number} ${events === 1 ? 'event' : 'events'}`;
}

function described(filter: Filter): string {
  const parts = Object.entries(filter).map(([name, value]) => `${name} ${plain(value)}`);
  return parts.length === 0 ? 'any status and type' : parts.join(', ');
}

async function countOf(filter: Filter, signal: AbortSignal): Promise<number> {
  let counted = 0;
  for (let cursor: string | undefined; counted < MOST_COUNTED;) {
    const page: EventPage = await ask('events', { query: { ...filter, limit: String(PAGE), cursor }, signal });
    counted += page.data.filter(({ status }) => filter.status !== undefined || status !== 'ignored').length;
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  return counted;
}
