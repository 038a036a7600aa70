import { readable } from '../support/statistics';
import type { Message } from './protocol';

/** What a process said of itself, and when, in milliseconds since the beginning. */
export type Sample = Omit<Extract<Message, { kind: 'sample' }>, 'kind'> & { readonly atMs: number };

/** What the sync came to. */
export interface Outcome {
  readonly customers: number;
  readonly seconds: number;
  /** How many customers were through, as far as the first process had said, when it was killed. */
  readonly killedAt: number;
  /** How many pages Stripe was asked for. */
  readonly pages: number;
  readonly changes: number;
  /** Those of the process that was killed, and of the one that went on. */
  readonly workers: readonly (readonly Sample[])[];
}

const PAGE = 100;
const ROWS_OF_PROCESS = 8;

/** The page that is kept. */
export function report(outcome: Outcome, machine: string): string {
  const { customers, seconds, killedAt, pages, changes, workers } = outcome;
  return [
    '# A sync of all customers',
    '',
    `Made by \`npm run bench:sync\` on ${machine}; the worker, the database and a stand-in for the Stripe API share the`,
    `machine. ${readable(customers)} customers of about 900 bytes, ${PAGE} a page, at most 20 requests a second, so at most 2,000`,
    'customers a second. The process is killed (`SIGKILL`) half way; another one takes the run over when its lease of three',
    'seconds is out. All the while 20 customers a second change at Stripe, each with its event.',
    '',
    '| process | second | customers through | customers per second | RSS in MiB | heap after a collection in MiB |',
    '| --- | --: | --: | --: | --: | --: |',
    ...workers.flatMap((samples, index) =>
      rowsOf(samples, index === 0 ? 'until it was killed' : 'from there to the end'),
    ),
    '',
    `${readable(seconds)} seconds in all. Killed at ${readable(killedAt)}. ${readable(pages)} pages were asked for, where`,
    `${readable(Math.ceil(customers / PAGE))} are needed: what was not stored yet was fetched again. Checked at the end: every customer is there`,
    `once, none is marked as deleted, and all ${readable(changes)} that changed meanwhile are as Stripe has them.`,
    '',
  ].join('\n');
}

/** Some moments, evenly spread, the last one among them; the rate is that since the row before. */
function rowsOf(samples: readonly Sample[], process: string): string[] {
  const working = samples.filter(({ done }, index) => done > 0 || index === 0);
  const step = Math.max(1, Math.floor((working.length - 1) / ROWS_OF_PROCESS));
  const shown = working.filter((_, index) => (working.length - 1 - index) % step === 0).slice(-ROWS_OF_PROCESS - 1);
  return shown.slice(1).map((sample, index) => {
    const before = shown[index] ?? sample;
    const rate = ((sample.done - before.done) * 1000) / (sample.atMs - before.atMs);
    const cells = [sample.atMs / 1000, sample.done, rate, sample.rssMb, sample.heapMb].map((value) => readable(value));
    return `| ${process} | ${cells.join(' | ')} |`;
  });
}
