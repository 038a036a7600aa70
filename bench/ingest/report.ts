import { median, readable } from '../support/statistics';
import type { LoadReport } from './load';

/** One of the servers that are compared. */
export interface Variant {
  readonly name: string;
  readonly kind: 'module' | 'nothing-stored' | 'handwritten' | 'bare';
  readonly platform: 'express' | 'fastify';
  readonly what: string;
}

/** One server under load for one while. */
export interface Round extends LoadReport {
  readonly variant: string;
  readonly number: number;
  /** Processor time per delivery, in microseconds: the server's, the database's and the load's own. */
  readonly serverUs: number;
  readonly databaseUs: number;
  readonly loadUs: number;
}

/** What the numbers hold for. */
export interface Conditions {
  readonly machine: string;
  readonly bytes: number;
  readonly connections: number;
  readonly rounds: number;
  readonly roundMs: number;
}

const on = (kind: Variant['kind'], name: string, what: string): Variant[] => [
  { name: `${name}, Express`, kind, platform: 'express', what },
  { name: `${name}, Fastify`, kind, platform: 'fastify', what },
];

/** In the order in which they take their turns. */
export const VARIANTS: readonly Variant[] = [
  ...on('module', 'this module', 'verifies, parses, stores, answers once it is committed'),
  ...on('nothing-stored', 'nothing stored', 'the same application, with the storing taken out'),
  ...on('handwritten', 'handwritten', "Nest's raw body, `constructEvent`, `findOneBy`, `save`, answer"),
  { name: 'node:http', kind: 'bare', platform: 'express', what: 'verifies and parses; no framework, no database' },
];

/** What is divided by what. */
const RATIOS: readonly (readonly [string, string])[] = [
  ['this module, Express', 'nothing stored, Express'],
  ['this module, Fastify', 'nothing stored, Fastify'],
  ['this module, Express', 'handwritten, Express'],
  ['this module, Fastify', 'handwritten, Express'],
  ['this module, Fastify', 'handwritten, Fastify'],
  ['this module, Fastify', 'node:http'],
];

/** The median of the rounds' ratios: what slows one round down mostly slows down its neighbours as well. */
export function comparisons(rounds: readonly Round[]): { of: string; to: string; ratio: number }[] {
  const rate = (variant: string, number: number): number =>
    rounds.find((round) => round.variant === variant && round.number === number)?.perSecond ?? NaN;
  const numbers = [...new Set(rounds.map(({ number }) => number))];
  return RATIOS.map(([of, to]) => ({ of, to, ratio: median(numbers.map((n) => rate(of, n) / rate(to, n))) }));
}

/** The report, in Markdown. */
export function report(rounds: readonly Round[], conditions: Conditions): string {
  return [
    '# How fast deliveries are taken in',
    '',
    `Made by \`npm run bench:ingest\` on ${conditions.machine}; server, database and load share the machine.`,
    `Signed deliveries of a ${readable(conditions.bytes)}-byte invoice event, each its own event, over ${conditions.connections} connections;`,
    `medians of ${conditions.rounds} rounds of ${conditions.roundMs / 1000} s each, the servers in turns.`,
    '',
    '| server | does | per second | p50 ms | p99 ms | server µs | database µs | load µs |',
    '| --- | --- | --: | --: | --: | --: | --: | --: |',
    ...VARIANTS.map((variant) => line(variant, rounds)),
    '',
    'The last three columns are processor time per delivery.',
    '',
    '| ratio of the rates | |',
    '| --- | --: |',
    ...comparisons(rounds).map(({ of, to, ratio }) => `| ${of} / ${to} | ${readable(ratio, 2)} |`),
    '',
  ].join('\n');
}

function line({ name, what }: Variant, rounds: readonly Round[]): string {
  const own = rounds.filter(({ variant }) => variant === name);
  const middle = (read: (round: Round) => number, digits = 0): string => readable(median(own.map(read)), digits);
  const cells = [
    name,
    what,
    middle((round) => round.perSecond),
    middle((round) => round.p50Ms, 1),
    middle((round) => round.p99Ms, 1),
    middle((round) => round.serverUs),
    middle((round) => round.databaseUs),
    middle((round) => round.loadUs),
  ];
  return `| ${cells.join(' | ')} |`;
}
