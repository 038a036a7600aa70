import type { Configuration } from '../configuration';
import { HAS_COLOURS } from '../terminal';
import type { Outcome, UserState } from './story';
import { table, type Paint } from './table';

const ansi =
  (code: number): Paint =>
  (text) =>
    HAS_COLOURS ? `\u001b[${code}m${text}\u001b[0m` : text;
const [bold, dim, red, green, yellow] = [ansi(1), ansi(2), ansi(31), ansi(32), ansi(33)];

/** Good in green, what needs somebody in yellow, what is lost on us in red. */
function verdict(text: string): string {
  const known: [RegExp, Paint][] = [
    [/refused|not stored/, red],
    [/dead/, yellow],
    [/duplicate|ignored/, dim],
    [/new|succeeded/, green],
  ];
  return (known.find(([words]) => words.test(text))?.[1] ?? red)(text);
}

export function introduction(url: string, { platform, databaseUrl }: Configuration, deliveries: number): string {
  const database = databaseUrl.replace(/\/\/[^@/]*@/, '//').replace(/\?.*$/, '');
  return [
    bold(
      'nestjs-stripe-events: every Stripe event is stored first, acknowledged then, and handled until that succeeds.',
    ),
    dim(`${deliveries} deliveries go to POST ${url}/stripe/webhook (${platform}); the ledger is in ${database}.`),
  ].join('\n');
}

export function deliveriesTable(outcomes: readonly Outcome[]): string {
  const columns = [
    { title: '#', align: 'right' as const, paint: dim },
    { title: 'event' },
    { title: 'customer' },
    { title: 'what is special', paint: dim },
    { title: 'answer', paint: verdict },
    { title: 'became', paint: verdict },
    { title: 'attempts', align: 'right' as const },
  ];
  const rows = outcomes.map(({ step, answer, became, attempts }, at) => {
    return [String(at + 1), step.type, step.who.name, step.twist, answer, became, String(attempts ?? '')];
  });
  return section('Deliveries', table(columns, rows, dim));
}

/** Why a letter died, and what was done about it. */
export function deadLetters(outcomes: readonly Outcome[]): string {
  const lines = outcomes.flatMap(({ step, became, diedOf = '' }, at) => {
    const [reason, remedy] = [`${at + 1} died of ${yellow(diedOf)}`, 'The plan was added; then'];
    return became.startsWith('dead') ? [reason, `${remedy} POST /stripe/admin/events/${step.eventId}/replay`] : [];
  });
  return section('Dead letters', lines.join('\n'));
}

/** One line a handler and event; a duplicate and what nobody handles have none. */
export function runsTable(outcomes: readonly Outcome[]): string {
  const columns = [
    { title: '#', align: 'right' as const, paint: dim },
    { title: 'handler' },
    { title: 'result', paint: verdict },
    { title: 'calls', align: 'right' as const },
    { title: 'last took', align: 'right' as const },
  ];
  const rows = outcomes.flatMap(({ step, answer, runs }, at) =>
    (answer === step.expected.answer && answer === '200 duplicate' ? [] : runs).map((run) => {
      return [String(at + 1), run.handler, run.status, String(run.attempts), `${run.durationMs} ms`];
    }),
  );
  return section('Runs of handlers', table(columns, rows, dim));
}

export function usersTable(users: readonly UserState[]): string {
  const titles = ['user', 'Stripe customer', 'access', 'paid', 'letters'];
  const rows = users.map(({ person, access, paid, letters }) => [person.name, person.customer, access, paid, letters]);
  return section(
    'Users of the application',
    table(
      titles.map((title) => ({ title })),
      rows,
      dim,
    ),
  );
}

/** Commands to go on with. */
export function commands(url: string, { adminToken }: Configuration, replayed: string): string {
  const curl = 'curl -H "Authorization: Bearer $TOKEN"';
  const lines = [
    `${url}/stripe/admin/   ${dim('# the dashboard; it asks for the token below')}`,
    `TOKEN=${adminToken} ADMIN=${url}/stripe/admin`,
    `${curl} "$ADMIN/events?limit=5"   ${dim('# the ledger; also ?status=dead, ?kind=invoice.*, ?customer=cus_…')}`,
    `${curl} $ADMIN/events/${replayed}   ${dim('# its body, and the runs of its handlers')}`,
    `${curl} $ADMIN/customers   ${dim('# who they are about')}`,
    `${curl} $ADMIN/stats   ${dim('# counts and durations')}`,
    `${curl} -X POST $ADMIN/events/${replayed}/replay   ${dim('# its handlers, once more')}`,
    `${curl} -X POST $ADMIN/events/replay -H 'Content-Type: application/json' -d '{"status":"dead"}'   ${dim('# all dead letters')}`,
  ];
  return section('Look around', lines.join('\n'));
}

export function conclusion(problems: readonly string[]): string {
  return problems.length === 0
    ? green('All of it became what it should.')
    : red(['Not all of it became what it should:', ...problems].join('\n  '));
}

function section(title: string, content: string): string {
  return `\n${bold(title)}\n${content}`;
}
