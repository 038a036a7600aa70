import { readable } from '../support/statistics';
import type { ChurnStep } from './churn';
import type { Timing } from './measure';

/** What one ledger gave. */
export interface Measured {
  readonly family: 'postgres' | 'sqlite';
  readonly events: number;
  readonly sizes: Readonly<Record<string, number>>;
  readonly timings: readonly Timing[];
}

/** All that was measured. */
export interface Results {
  readonly machine: string;
  readonly measured: readonly Measured[];
  /** Of a ledger of a million events, just before it was measured with a backlog of so many. */
  readonly beside?: readonly Timing[];
  readonly backlog?: readonly Timing[];
  readonly churn?: readonly ChurnStep[];
}

const NAMES = { postgres: 'PostgreSQL', sqlite: 'SQLite' };

export function report({ machine, measured, beside = [], backlog, churn }: Results): string {
  const families = [...new Set(measured.map(({ family }) => family))];
  return [
    '# How the cost of each statement grows',
    '',
    `Made by \`npm run bench:scale\` on ${machine}; the program and the database share the machine.`,
    ...INTRODUCTION,
    '',
    ...families.flatMap((family) => {
      const own = measured.filter((one) => one.family === family);
      const written = own.some(({ timings }) => timings.some(({ writtenBytes }) => writtenBytes !== undefined));
      return [
        `## ${NAMES[family]}`,
        '',
        ...timesTable(own),
        '',
        ...(written ? [...writtenTable(own), ''] : []),
        ...sizesTable(own),
        '',
      ];
    }),
    ...(backlog === undefined ? [] : [...backlogTable(backlog, beside), '']),
    ...(churn === undefined ? [] : churnTable(churn)),
  ].join('\n');
}

const INTRODUCTION = [
  'Events of ninety days: 100 connected accounts, fifty events a customer, one in ten ignored, one in three hundred dead,',
  'the others succeeded with 1.3 handlers each; 500 are due. Each round records 100 events and claims and settles as many,',
  'so that the backlog stays. Bodies are there for the new events and in ledgers of up to 100,000; no statement that is',
  'measured reads bodies of the others. Times are of the statements alone, in turns with each other, from a pool of',
  'connections that is warm, with commits that wait for the disk. What is stored fits into the memory of the machine.',
];

function backlogTable(backlog: readonly Timing[], beside: readonly Timing[]): string[] {
  const lines = backlog.map(({ name, medianMs }) => {
    const few = beside.find((one) => one.name === name)?.medianMs ?? NaN;
    return `| ${name} | ${readable(few, 2)} | ${readable(medianMs, 2)} | ${readable(medianMs / few, 2)} |`;
  });
  return [
    '## PostgreSQL, with a backlog',
    '',
    'A million events, of which 500 are due, beside a ledger of which more than a million are.',
    '',
    '| milliseconds, median | 500 due | all due | ratio |',
    '| --- | --: | --: | --: |',
    ...lines,
  ];
}

function churnTable(churn: readonly ChurnStep[]): string[] {
  const lines = churn.map(
    ({ after, claimMs, deadRows, dueBytes }) =>
      `| ${after} | ${readable(claimMs, 2)} | ${readable(deadRows)} | ${readable(dueBytes / 2 ** 20, 1)} |`,
  );
  return [
    '## PostgreSQL, while a backlog is worked off',
    '',
    'The table as the migration sets it up, with the autovacuum of the server.',
    '',
    '| after | claim 50, milliseconds | dead rows of the table | index of due events, MiB |',
    '| --- | --: | --: | --: |',
    ...lines,
    '',
  ];
}

function timesTable(own: readonly Measured[]): string[] {
  const names = own[0]?.timings.map(({ name }) => name) ?? [];
  const header = own.map(({ events }) => `${readable(events)} events`);
  const lines = names.map((name) => {
    const medians = own.map(({ timings }) => timings.find((one) => one.name === name)?.medianMs ?? NaN);
    const ratio = (medians.at(-1) ?? NaN) / (medians[0] ?? NaN);
    return `| ${name} | ${medians.map((ms) => readable(ms, 2)).join(' | ')} | ${readable(ratio, 2)} |`;
  });
  return [
    `| milliseconds, median | ${header.join(' | ')} | last / first |`,
    `| --- | ${header.map(() => '--:').join(' | ')} | --: |`,
    ...lines,
  ];
}

/** Of statements that write. */
function writtenTable(own: readonly Measured[]): string[] {
  const names = own[0]?.timings.filter(({ writtenBytes = 0 }) => writtenBytes > 1_024).map(({ name }) => name) ?? [];
  const lines = names.map((name) => {
    const bytes = own.map(({ timings }) => timings.find((one) => one.name === name)?.writtenBytes ?? NaN);
    return `| ${name} | ${bytes.map((count) => readable(count / 1024)).join(' | ')} |`;
  });
  return [
    `| KiB written to the log, median | ${own.map(({ events }) => `${readable(events)} events`).join(' | ')} |`,
    `| --- | ${own.map(() => '--:').join(' | ')} |`,
    ...lines,
  ];
}

function sizesTable(own: readonly Measured[]): string[] {
  const names = [...new Set(own.flatMap(({ sizes }) => Object.keys(sizes)))].sort();
  const header = own.map(({ events }) => `${readable(events)} events`);
  const lines = names.map(
    (name) =>
      `| \`${name}\` | ${own.map(({ sizes, events }) => readable((sizes[name] ?? NaN) / events)).join(' | ')} |`,
  );
  return [`| bytes an event | ${header.join(' | ')} |`, `| --- | ${header.map(() => '--:').join(' | ')} |`, ...lines];
}
