import { buildEvent, testId } from 'nestjs-stripe-events/testing';

/** Events of how many customers are in the backlog. */
const CUSTOMERS = 1_000;
const ID = 'evt_of_the_backlog';
const CUSTOMER = 'cus_of_the_backlog';

const BODY = JSON.stringify(
  buildEvent({
    id: ID,
    object: { id: testId('in'), object: 'invoice', customer: CUSTOMER, currency: 'eur', filler: 'x'.repeat(3_500) },
  }),
);

/** Where a database keeps the statements that differ. */
export interface BacklogDialect {
  /** Rows `n` from 1 to this many. */
  series(count: number): string;
  /** The number as text of this width, with zeros before it. */
  padded(value: string, width: number): string;
  readonly now: string;
}

/** Statements that empty the ledger and fill it with due events of about 4 kB each. */
export function backlogStatements(count: number, { series, padded, now }: BacklogDialect): string[] {
  const id = `'01' || ${padded('n', 24)}`;
  const stripeId = `'evt_' || ${padded('n', 24)}`;
  const customer = `'cus_' || ${padded(`n % ${CUSTOMERS}`, 14)}`;
  const body = `replace(replace('${BODY}', '${ID}', ${stripeId}), '${CUSTOMER}', ${customer})`;
  return [
    'DELETE FROM stripe_event',
    'DELETE FROM stripe_event_payload',
    'DELETE FROM stripe_event_handler_run',
    `INSERT INTO stripe_event (id, endpoint, stripe_id, kind, livemode, api_version, created_at, received_at, object_id,
 object_type, stripe_customer_id, status, next_attempt_at, source)
 SELECT ${id}, 'default', ${stripeId}, 'invoice.paid', false, '2026-10-28.endive', ${now}, ${now}, 'in_' || n, 'invoice',
 ${customer}, 'pending', ${now} - 1000, 'webhook' FROM ${series(count)}`,
    `INSERT INTO stripe_event_payload (event_id, part, encoding, body) SELECT ${id}, 0, 'utf8', ${body} FROM ${series(count)}`,
  ];
}

export const POSTGRES: BacklogDialect = {
  series: (count) => `generate_series(1, ${count}) AS n`,
  padded: (value, width) => `lpad((${value})::text, ${width}, '0')`,
  now: '(extract(epoch from now()) * 1000)::bigint',
};

export const SQLITE: BacklogDialect = {
  series: (count) =>
    `(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < ${count}) SELECT n FROM s)`,
  padded: (value, width) => `printf('%0${width}d', ${value})`,
  now: "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
};
