import { query } from '../support/postgres';
import { KINDS, kindOf } from './deliveries';
import type { SendProgress } from './sender';

/** What is in the ledger when everything is settled. */
export interface Counts {
  readonly events: number;
  readonly succeeded: number;
  readonly bodies: number;
  readonly runs: number;
  readonly runsSucceeded: number;
  /** Rows that the transactional handler wrote, and of how many events. */
  readonly effects: number;
  readonly effectsOfEvents: number;
  /** Events of the flaky handler that were not tried twice. */
  readonly flakyOnce: number;
  /** Leases that ended with the worker that was killed. */
  readonly lost: number;
  /** Handlers that succeed at once, and were called again though no worker had vanished. */
  readonly repeated: number;
}

const COUNTS = {
  events: 'SELECT count(DISTINCT stripe_id) FROM stripe_event',
  succeeded: "SELECT count(*) FROM stripe_event WHERE status = 'succeeded'",
  bodies: 'SELECT count(*) FROM stripe_event_payload',
  runs: 'SELECT count(*) FROM stripe_event_handler_run',
  runsSucceeded: "SELECT count(DISTINCT event_id) FROM stripe_event_handler_run WHERE status = 'succeeded'",
  effects: 'SELECT count(*) FROM effect',
  effectsOfEvents: `SELECT count(DISTINCT effect.event) FROM effect
 JOIN stripe_event ON stripe_id = effect.event AND kind = 'payout.paid'`,
  flakyOnce: "SELECT count(*) FROM stripe_event_handler_run WHERE handler = 'flaky' AND attempts < 2",
  lost: 'SELECT coalesce(sum(lost), 0) FROM stripe_event',
  repeated: `SELECT count(*) FROM stripe_event_handler_run AS run JOIN stripe_event AS event ON event.id = run.event_id
 WHERE (run.handler <> 'flaky' AND run.attempts > 1) OR (event.kind <> 'refund.created' AND event.attempts > 1 + event.lost)`,
};

/** Asks the ledger, over a connection of its own. */
export async function countsOf(url: string): Promise<Counts> {
  const selects = Object.entries(COUNTS).map(([name, sql]) => `(${sql}) AS "${name}"`);
  const [row = {}] = await query(url, `SELECT ${selects.join(', ')}`);
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)])) as unknown as Counts;
}

/** What is not as it has to be; empty when every count is exact. */
export function problemsIn(counts: Counts, events: number, sent: SendProgress): string[] {
  const transactional = Array.from({ length: events }, (_, index) => kindOf(index)).filter((kind) => kind === KINDS[1]);
  const exact: [string, number, number][] = [
    ['acknowledged events', sent.acknowledged, events],
    ['stored events', counts.events, events],
    ['events that succeeded', counts.succeeded, events],
    ['bodies', counts.bodies, events],
    ['runs', counts.runs, events],
    ['events with a run that succeeded', counts.runsSucceeded, events],
    ['effects', counts.effects, transactional.length],
    ['events with an effect', counts.effectsOfEvents, transactional.length],
    ['flaky events that were tried once', counts.flakyOnce, 0],
    ['runs that were repeated without cause', counts.repeated, 0],
  ];
  const wrong = exact.filter(([, is, expected]) => is !== expected);
  const unheard = events - sent.fresh;
  return [
    ...wrong.map(([what, is, expected]) => `${what}: ${is} instead of ${expected}`),
    ...(unheard < 0 || unheard > sent.unanswered ? [`events that were called new: ${sent.fresh} of ${events}`] : []),
  ];
}
