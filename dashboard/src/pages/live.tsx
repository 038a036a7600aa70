import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import type { Event, EventPage } from '../api/types';
import { keyOf, tableLook } from '../state/accounts';
import { usePolled } from '../state/polled';
import { ask } from '../state/session';
import { Empty, Problem } from '../ui/basics';
import { Icon } from '../ui/icon';
import { narrow } from '../ui/narrow';
import { Windowed } from '../ui/windowed';
import { eventCells, eventColumns } from './event-cells';

const EVERY_MS = 1_500;
const MOST = 500;

/** Events as they come in. Asked for again and again, which passes every proxy. */
export function LivePage() {
  const paused = useSignal(false);
  const events = useSignal<readonly Event[]>([]);
  const { answer, problem } = usePolled<EventPage>({
    key: 'live',
    load: (signal) => ask<EventPage>('events', { query: { limit: '100' }, signal }),
    every: () => EVERY_MS,
  }).value;
  useEffect(() => {
    if (answer !== null && !paused.value) events.value = merged(answer.data, events.value);
  }, [answer, paused.value]);
  return (
    <div class="filling">
      <div class="page-head">
        <h1 tabIndex={-1}>Live</h1>
        <span class={`pulse ${paused.value ? 'pulse-off' : ''}`} role="status">
          {paused.value ? 'paused' : 'watching'}
        </span>
        <div class="page-actions">
          <button
            type="button"
            class="button"
            aria-pressed={paused.value}
            onClick={() => (paused.value = !paused.value)}
          >
            <Icon name={paused.value ? 'play' : 'pause'} />
            {paused.value ? 'Go on' : 'Pause'}
          </button>
        </div>
      </div>
      <Problem of={problem} />
      <Windowed
        label="Live events"
        look={tableLook('events')}
        items={events.value}
        rowHeight={narrow.value ? 84 : 44}
        columns={eventColumns()}
        keyOf={keyOf}
        cells={eventCells}
      >
        {events.value.length === 0 && answer !== null && (
          <Empty title="No events yet. They show up here by themselves." />
        )}
      </Windowed>
    </div>
  );
}

/** What came anew, before what was there; what changed is as it is now. */
function merged(latest: readonly Event[], known: readonly Event[]): readonly Event[] {
  const ids = new Set(latest.map(keyOf));
  return [...latest, ...known.filter((event) => !ids.has(keyOf(event)))].slice(0, MOST);
}
