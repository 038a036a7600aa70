import { readable } from '../support/statistics';
import type { Counts } from './checks';
import type { SendProgress } from './sender';

/** What one run came to; its counts are exact. */
export interface LoadRun {
  readonly events: number;
  /** From the first delivery until the last event was settled. */
  readonly seconds: number;
  /** From the first delivery until the last one was answered. */
  readonly receivedSeconds: number;
  readonly sent: SendProgress;
  readonly counts: Counts;
}

/** What both were measured with. */
export interface Conditions {
  readonly machine: string;
  readonly repeatedShare: number;
  readonly connections: number;
}

/** The page that is kept. */
export function report(many: LoadRun, one: LoadRun, { machine, repeatedShare, connections }: Conditions): string {
  const { sent, counts } = many;
  return [
    '# Many processes under load, some of them killed',
    '',
    `Made by \`npm run bench:load\` on ${machine}; everything shares the machine, the sender included.`,
    `Signed events of about 2 kB in random order over ${connections} connections, ${repeatedShare * 100} % of them sent twice; what is not answered`,
    '200 is sent again. A quarter each goes to a handler that does nothing, to a transactional one that writes a row, to one',
    'that fails the first time, and to one that takes 5 ms. Three processes receive and six handle; when a third of the events',
    'was acknowledged one that receives is killed with SIGKILL, and when half of them was, one that handles; each is replaced.',
    'Beside it, one process that does both, and that nobody kills.',
    '',
    '| processes | events | events settled per second | deliveries answered per second |',
    '| --- | --: | --: | --: |',
    line('3 receive, 6 handle', many),
    line('1 does both', one),
    '',
    `Ratio: ${readable(rate(many) / rate(one), 2)}. One more process helps where a processor is free for it.`,
    '',
    'What was counted when everything was settled, with the kills:',
    '',
    `- ${readable(sent.acknowledged)} events were acknowledged, ${readable(counts.events)} are stored, ${readable(counts.succeeded)} succeeded, with ${readable(counts.bodies)} bodies;`,
    `- ${readable(counts.runs)} runs are recorded, one for each event;`,
    `- ${readable(counts.effects)} rows were written by the transactional handler, for ${readable(counts.effectsOfEvents)} events;`,
    `- ${readable(sent.duplicates)} deliveries were answered as duplicates, ${readable(sent.unanswered)} not at all, ${readable(sent.refused)} with another status than 200;`,
    `- ${readable(counts.lost)} events were taken over from the worker that was killed.`,
    '',
  ].join('\n');
}

function line(name: string, run: LoadRun): string {
  const answered = (run.sent.fresh + run.sent.duplicates) / run.receivedSeconds;
  return `| ${name} | ${readable(run.events)} | ${readable(rate(run))} | ${readable(answered)} |`;
}

function rate({ events, seconds }: LoadRun): number {
  return events / seconds;
}
