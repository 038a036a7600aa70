import type { Event, Stats } from '../api/types';
import { now } from '../state/now';
import { hrefTo } from '../state/route';
import { Icon } from '../ui/icon';
import { ago, count, duration } from '../ui/words';

/** Due for longer than this, and nobody is working, or too few are. */
const LATE_MS = 60_000;

interface Facts {
  readonly stats: Stats;
  readonly dead: readonly Event[];
  readonly newest: Event | undefined;
}

/** The answer to the one question that a person on call has first. */
export function Verdict({ stats, dead, newest }: Facts) {
  const late = (stats.oldestDueAgeMs ?? 0) > LATE_MS;
  const bad = dead.length > 0 || late;
  return (
    <div class={`verdict ${bad ? 'verdict-bad' : newest === undefined ? '' : 'verdict-good'}`} role="status">
      <Icon name={bad ? 'alert' : newest === undefined ? 'clock' : 'check'} />
      <p>
        <strong>{headline(late, dead, newest)}</strong>
        <span>{newest === undefined ? 'Nothing was received yet.' : `The last event came ${lastCame(newest)}.`}</span>
        {late && <span>The oldest due event has waited {duration(stats.oldestDueAgeMs ?? 0)}.</span>}
      </p>
      {dead.length > 0 && (
        <a class="button" href={hrefTo(['events'], { status: 'dead' })}>
          Look at dead letters
        </a>
      )}
    </div>
  );
}

function headline(late: boolean, dead: readonly Event[], newest: Event | undefined): string {
  if (late) return 'Events are waiting: are workers running?';
  if (dead.length > 0)
    return `${dead.length > 5 ? 'More than 5' : count(dead.length)} dead ${dead.length === 1 ? 'letter needs' : 'letters need'} somebody.`;
  return newest === undefined ? 'Waiting for the first event.' : 'Events are flowing.';
}

function lastCame({ receivedAt }: Event): string {
  return ago(Date.parse(receivedAt ?? ''), now.value);
}
