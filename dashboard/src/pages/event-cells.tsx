import type { Event } from '../api/types';
import { eventHref, several } from '../state/accounts';
import { AccountTag } from '../ui/account';
import { Mode, Status, Text, Time } from '../ui/basics';

const COLUMNS = ['Status', 'Type', 'Event', 'Object', 'Customer', 'Received', 'Error'];

/** The columns of events; the account only where there are several. */
export function eventColumns(): readonly string[] {
  return several.value ? [...COLUMNS, 'Account'] : COLUMNS;
}

/** One event as a row of a table; the whole row leads to it. */
export function eventCells(event: Event) {
  const { stripeId, kind, status, ignoredReason, objectId, customer, receivedAt, lastError, attempts, livemode } =
    event;
  return [
    <Status of={status} reason={ignoredReason} />,
    <strong class="cut">
      <Text of={kind} />
    </strong>,
    <a class="row-link cut" href={eventHref(event)}>
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
    ...(several.value ? [<AccountTag of={event.endpoint} />] : []),
  ];
}
