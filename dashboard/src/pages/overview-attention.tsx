import type { Event } from '../api/types';
import { eventHref, keyOf } from '../state/accounts';
import { hrefTo } from '../state/route';
import { Card, Empty, Text, Time } from '../ui/basics';

/** What was given up, the newest first. */
export function Attention({ dead }: { readonly dead: readonly Event[] }) {
  return (
    <Card
      title="Needs attention"
      action={dead.length > 0 && <a href={hrefTo(['events'], { status: 'dead' })}>All dead letters</a>}
    >
      {dead.length === 0 ? (
        <Empty title="No dead letters." />
      ) : (
        <ul class="lines">
          {dead.map((event) => (
            <li key={keyOf(event)}>
              <a href={eventHref(event)}>
                <strong>
                  <Text of={event.kind} />
                </strong>
                <Time at={event.receivedAt} />
                <span class="line-error">
                  <Text of={event.lastError?.split('\n', 1)[0] ?? 'no error was kept'} />
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
