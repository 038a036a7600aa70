import { useSignal } from '@preact/signals';
import type { Event, EventPage as Page, Stats } from '../api/types';
import { keyOf, tableLook } from '../state/accounts';
import { useEndless } from '../state/endless';
import { usePolled } from '../state/polled';
import { ask, can } from '../state/session';
import { Empty, Problem } from '../ui/basics';
import { Icon } from '../ui/icon';
import { narrow } from '../ui/narrow';
import { Windowed } from '../ui/windowed';
import { BulkReplay } from './bulk-replay';
import { currentFilter } from './event-filter';
import { eventCells, eventColumns } from './event-cells';
import { FilterBar } from './filter-bar';

const PAGE = '100';
const LOOK_MS = 5_000;

export function EventsPage() {
  const filter = currentFilter();
  const round = useSignal(0);
  const replaying = useSignal(false);
  const key = JSON.stringify([filter, round.value]);
  const { list, more } = useEndless<Event>({
    key,
    load: (cursor, signal) => ask<Page>('events', { query: { ...filter, limit: PAGE, cursor }, signal }),
  });
  const close = (changed: boolean): void => {
    replaying.value = false;
    if (changed) round.value += 1;
  };
  return (
    <div class="filling">
      <div class="page-head">
        <h1 tabIndex={-1}>Events</h1>
        <Newer key={key} than={list.items} onShow={() => (round.value += 1)} />
        {can('events/replay') && (
          <button
            type="button"
            class="button"
            disabled={list.items.length === 0}
            onClick={() => (replaying.value = true)}
          >
            <Icon name="replay" />
            Replay these …
          </button>
        )}
      </div>
      <KnownKinds />
      <FilterBar filter={filter} />
      <Problem of={list.problem} />
      <Windowed
        label="Events"
        look={tableLook('events')}
        items={list.items}
        rowHeight={narrow.value ? 84 : 44}
        columns={eventColumns()}
        keyOf={keyOf}
        cells={eventCells}
        onEnd={more}
      >
        <Foot count={list.items.length} busy={list.busy} done={list.done} />
      </Windowed>
      {replaying.value && <BulkReplay filter={filter} onClose={close} />}
    </div>
  );
}

function Foot({ count, busy, done }: { readonly count: number; readonly busy: boolean; readonly done: boolean }) {
  if (busy) return <p class="foot">Loading …</p>;
  if (count === 0) return <Empty title="No event fits this filter." />;
  return <p class="foot">{done ? 'That is all.' : ''}</p>;
}

/** Says that the list has grown, and leaves it to the reader when it moves. */
function Newer({ than, onShow }: { readonly than: readonly Event[]; readonly onShow: () => void }) {
  const filter = currentFilter();
  const { answer } = usePolled<Page>({
    key: JSON.stringify(filter),
    load: (signal) => ask<Page>('events', { query: { ...filter, limit: '25' }, signal }),
    every: () => LOOK_MS,
  }).value;
  const known = new Set(than.map(keyOf));
  const newer = than.length === 0 ? 0 : (answer?.data ?? []).filter((event) => !known.has(keyOf(event))).length;
  if (newer === 0) return null;
  return (
    <button type="button" class="button button-quiet" onClick={onShow}>
      Show {newer >= 25 ? '25 or more' : newer} new
    </button>
  );
}

/** For completing what is typed: the types that were received lately. */
function KnownKinds() {
  const { answer } = usePolled<Stats>({
    key: 'kinds',
    load: (signal) => ask<Stats>('stats', { query: { window: '24h' }, signal }),
    every: () => null,
  }).value;
  return (
    <datalist id="known-kinds">
      {(answer?.byKind ?? []).map(({ kind }) => (
        <option key={kind} value={kind} />
      ))}
    </datalist>
  );
}
