import type { Event } from '../api/types';
import { hrefTo } from '../state/route';
import { Mode, Status, Text, Time } from '../ui/basics';

export const EVENT_COLUMNS = ['Status', 'Type', 'Event', 'Object', 'Customer', 'Received', 'Error'];

/** One event as a row of a table; the whole row leads to it. */
export function eventCells(event: Event) {
  const { stripeId, kind, status, ignoredReason, objectId, customer, receivedAt, lastError, attempts, livemode } =
    event;
  return [
    <Status of={status} reason={ignoredReason} />,
    <strong class="cut">
      <Text of={kind} />
    </strong>,
    <a class="row-link cut" href={hrefTo(['events', stripeId])}>
      <Text of={stripeId} mono />
    </a>,
    <span class="cut">{objectId !== null && <Text of={objectId} mono />}</span>,
    <span class="cut">{customer !== null && <Text of={customer} mono />}</span>,
    <span class="cut">
      <Time at={receivedAt} />
      {livemode && <Mode live />}
    </span>,
    <span class="cut error-text" title={lastError ?? undefined}>
      {attempts > 1 && <small>{attempts}× </small>}
      {lastError !== null && <Text of={lastError} />}
    </span>,
  ];
}
