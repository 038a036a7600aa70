/** Types of events, the most frequent first, with the prefix of the ids of their objects. */
const KINDS: readonly (readonly [kind: string, prefix: string])[] = [
  ['invoice.paid', 'in'],
  ['charge.succeeded', 'ch'],
  ['payment_intent.succeeded', 'pi'],
  ['customer.subscription.updated', 'sub'],
  ['payment_intent.created', 'pi'],
  ['invoice.finalized', 'in'],
  ['invoice.created', 'in'],
  ['invoice.updated', 'in'],
  ['customer.updated', 'cus'],
  ['payment_method.attached', 'pm'],
  ['checkout.session.completed', 'cs'],
  ['customer.created', 'cus'],
  ['customer.subscription.created', 'sub'],
  ['invoice.upcoming', 'in'],
  ['charge.updated', 'ch'],
  ['setup_intent.succeeded', 'seti'],
  ['invoice.payment_failed', 'in'],
  ['charge.failed', 'ch'],
  ['customer.subscription.deleted', 'sub'],
  ['charge.refunded', 'ch'],
  ['customer.source.created', 'src'],
  ['payout.paid', 'po'],
  ['balance.available', 'ba'],
  ['charge.dispute.created', 'dp'],
];

const SPREAD_MS = 90 * 24 * 60 * 60 * 1000;
/** Events are due that came in last, the same number in every ledger. */
export const BACKLOG = 500;
/** What the first events have and no other: a filter for it finds nothing before the very end of the list. */
export const RARE = { kind: 'radar.early_fraud_warning.created', family: 'radar.*', account: 'acct_rare', events: 20 };

const ACCOUNTS = 100;

/** How many customers there are: each has fifty events. */
export function customersOf(count: number): number {
  return Math.max(10, Math.round(count / 50));
}

/** Where the databases differ. */
export interface RowsDialect {
  /** Rows `n` from 1 to this many. */
  series(count: number): string;
  /** The number as text of this width, with zeros before it. */
  padded(value: string, width: number): string;
  /** So many hexadecimal digits that look like chance. */
  digits(length: number): string;
}

/** How many events, when the last one came in, and whether they have bodies. */
export interface Filling {
  readonly count: number;
  readonly nowMs: number;
  readonly bodies: boolean;
  /** How many of them are due, the latest; {@link BACKLOG} where it is not given. */
  readonly backlog?: number;
}

/**
 * Statements, for one connection, that fill empty tables with what ninety days have left: nearly all events succeeded,
 * one in ten was ignored, one in three hundred is dead, and the latest are due.
 */
export function filling({ count, nowMs, bodies, backlog = BACKLOG }: Filling, dialect: RowsDialect): string[] {
  const { series, padded, digits } = dialect;
  const stepMs = Math.max(1, Math.floor(SPREAD_MS / count));
  const at = `(${nowMs - count * stepMs} + n * ${stepMs})`;
  const id = `${ulidTime(at)} || ${padded('n', 16)}`;
  const customers = customersOf(count);
  const due = `n > ${count - backlog}`;
  const ignored = `${chance(11, 1_000)} < 100`;
  const status = `CASE WHEN ${due} THEN 'pending' WHEN n % 300 = 7 THEN 'dead' WHEN ${ignored} THEN 'ignored' ELSE 'succeeded' END`;
  const kind = `CAST(${KINDS.length} * ${share(3)} * ${share(3)} AS integer)`;
  const columns: Record<string, string> = {
    id,
    endpoint: `'default'`,
    stripe_id: `'evt_1' || ${dated(at)} || ${digits(17)}`,
    kind: `CASE WHEN n <= ${RARE.events} THEN '${RARE.kind}' ELSE kinds.kind END`,
    livemode: `n > ${RARE.events}`,
    api_version: `'2026-10-28.endive'`,
    request_id: `CASE WHEN n % 2 = 0 THEN 'req_' || ${digits(14)} END`,
    idempotency_key: `CASE WHEN n % 4 = 0 THEN ${digits(32)} END`,
    account: `CASE WHEN n <= ${RARE.events} THEN '${RARE.account}' WHEN n % 3 = 0 THEN 'acct_' || ${padded(chance(5, ACCOUNTS), 16)} END`,
    created_at: `${at} - ${at} % 1000`,
    received_at: at,
    // Events that are due have objects of their own, so that none has to wait for another.
    object_id: `CASE WHEN ${due} THEN kinds.prefix || '_2' || ${padded('n', 23)} WHEN n % 50 <> 0 THEN kinds.prefix || '_1' || ${padded(`(n + ${chance(17, 1_000)}) / 4`, 23)} END`,
    object_type: `'checkout.session'`,
    stripe_customer_id: `CASE WHEN n % 5 <> 0 THEN 'cus_' || ${padded(chance(7, customers), 14)} END`,
    status,
    ignored_reason: `CASE WHEN NOT (${due}) AND n % 300 <> 7 AND ${ignored} THEN 'no-handler' END`,
    attempts: `CASE WHEN ${due} THEN 0 WHEN n % 300 = 7 THEN 16 ELSE 1 END`,
    lease_no: `CASE WHEN ${due} THEN 0 ELSE 1 END`,
    next_attempt_at: `CASE WHEN ${due} THEN ${at} END`,
    processed_at: `CASE WHEN NOT (${due}) THEN ${at} + 40 END`,
    last_error: `CASE WHEN n % 300 = 7 THEN 'The service answered 503.' END`,
    source: `CASE WHEN n <= ${RARE.events} THEN 'manual' ELSE 'webhook' END`,
  };
  const names = Object.keys(columns);
  const from = `${series(count)} CROSS JOIN bench_kind AS kinds`;
  const bodyOf = `'{"id":"' || ${digits(24)} || '","object":"event",' || ${Array.from({ length: 40 }, (_, index) => `'"field_${index}":{"id":"' || ${digits(20)} || '","object":"thing"},'`).join(' || ')} || '"livemode":true}'`;
  return [
    'CREATE TEMPORARY TABLE bench_kind (i integer PRIMARY KEY, kind text, prefix text)',
    `INSERT INTO bench_kind VALUES ${KINDS.map(([name, prefix], i) => `(${i}, '${name}', '${prefix}')`).join(', ')}`,
    `INSERT INTO stripe_event (${names.join(', ')}) SELECT ${names.map((name) => columns[name]).join(', ')} FROM ${from} WHERE kinds.i = ${kind}`,
    // Three in ten events have a second handler.
    ...['billing.access', 'billing.mail'].map((handler, index) => {
      const durationMs = `(3 + ${chance(13, 40)})`;
      return `INSERT INTO stripe_event_handler_run (event_id, replay_no, handler, status, attempts, started_at, finished_at, duration_ms, error)
 SELECT ${id}, 0, '${handler}', CASE WHEN n % 300 = 7 THEN 'dead' ELSE 'succeeded' END, CASE WHEN n % 300 = 7 THEN 16 ELSE 1 END,
 ${at} + 5, ${at} + 5 + ${durationMs}, ${durationMs}, CASE WHEN n % 300 = 7 THEN 'The service answered 503.' END
 FROM ${series(count)} WHERE NOT (${due}) AND (NOT (${ignored}) OR n % 300 = 7) AND ${index === 0 ? '1 = 1' : 'n % 10 < 3'}`;
    }),
    ...(bodies
      ? [
          `INSERT INTO stripe_event_payload (event_id, part, encoding, body) SELECT ${id}, 0, 'utf8', ${bodyOf} FROM ${series(count)}`,
        ]
      : []),
    'DROP TABLE bench_kind',
  ];
}

/** A whole number below the bound that looks like chance, the same for the same `n`. */
function chance(salt: number, bound: number): string {
  return `(((n * ${2_654_435_761 + 2 * salt}) % 4294967296) * ${bound} / 4294967296)`;
}

/** The same, from 0 to 1. */
function share(salt: number): string {
  return `(${chance(salt, 1_000_000)} / 1000000.0)`;
}

/** The first ten characters of a ULID. */
function ulidTime(ms: string): string {
  return encoded(ms, [45, 40, 35, 30, 25, 20, 15, 10, 5, 0]);
}

/** Ids of Stripe's begin with their time, to the second. */
function dated(ms: string): string {
  return encoded(`(${ms} / 1000)`, [25, 20, 15, 10, 5, 0]);
}

function encoded(ms: string, shifts: readonly number[]): string {
  const alphabet = `'0123456789ABCDEFGHJKMNPQRSTVWXYZ'`;
  return shifts.map((shift) => `substr(${alphabet}, CAST((${ms} >> ${shift}) & 31 AS integer) + 1, 1)`).join(' || ');
}

export const POSTGRES_ROWS: RowsDialect = {
  series: (count) => `generate_series(1::bigint, ${count}) AS n`,
  padded: (value, width) => `lpad((${value})::text, ${width}, '0')`,
  digits: (length) => `substr(md5(random()::text), 1, ${length})`,
};

export const SQLITE_ROWS: RowsDialect = {
  series: (count) =>
    `(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < ${count}) SELECT n FROM s)`,
  padded: (value, width) => `printf('%0${width}d', ${value})`,
  digits: (length) => `lower(substr(hex(randomblob(16)), 1, ${length}))`,
};
