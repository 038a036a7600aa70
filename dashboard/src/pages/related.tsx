import type { Event, EventPage } from '../api/types';
import { eventHref, keyOf } from '../state/accounts';
import { usePolled } from '../state/polled';
import { hrefTo } from '../state/route';
import { ask } from '../state/session';
import { Card, Empty, Status, Text, Time } from '../ui/basics';

/** Other events of the same object, newest first. */
export function Related({ event: shown }: { readonly event: Event }) {
  const { objectId } = shown;
  const { answer } = usePolled<EventPage>({
    key: objectId ?? '',
    load: (signal) =>
      objectId === null
        ? Promise.resolve({ data: [], nextCursor: null })
        : ask<EventPage>('events', { query: { object: objectId, limit: '20' }, signal }),
    every: () => 10_000,
  }).value;
  const others = (answer?.data ?? []).filter((event) => keyOf(event) !== keyOf(shown));
  return (
    <Card
      title="Same object"
      action={objectId !== null && <a href={hrefTo(['events'], { object: objectId })}>All of them</a>}
    >
      {others.length === 0 ? <Empty title="No other events." /> : <EventLines events={others} />}
    </Card>
  );
}

export function EventLines({ events }: { readonly events: readonly Event[] }) {
  return (
    <ul class="lines">
      {events.map((event) => (
        <li key={keyOf(event)}>
          <a href={eventHref(event)}>
            <strong>
              <Text of={event.kind} />
            </strong>
            <Status of={event.status} reason={event.ignoredReason} />
            <Time at={event.createdAt ?? event.receivedAt} />
          </a>
        </li>
      ))}
    </ul>
  );
}
