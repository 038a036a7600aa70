import { afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { databases, memoryDatabase } from '../support/databases';
import { buildDemo, killDemoProcesses, runDemo, startDemonstration } from './demo-process';

jest.setTimeout(180_000);

beforeAll(buildDemo);
afterEach(killDemoProcesses);

const DELIVERIES = [
  ['customer.subscription.created', 'Ada', 'before its customer', '200 new', 'succeeded', '1'],
  ['invoice.paid', 'Ada', '200 new', 'succeeded', '1'],
  ['invoice.paid', 'Ada', 'the same event again', '200 duplicate', 'succeeded', '1'],
  ['customer.created', 'Ada', 'late, its customer is known by id', '200 new', 'succeeded', '1'],
  ['invoice.paid', 'Ada', 'signed by somebody else', '400 refused', 'not stored'],
  ['invoice.payment_failed', 'Grace', 'the mail provider fails twice', '200 new', 'succeeded', '3'],
  ['charge.succeeded', 'Grace', 'nobody handles it', '200 new', 'ignored (no-handler)', '1'],
  ['customer.subscription.deleted', 'Alan', '200 new', 'succeeded', '1'],
  ['customer.subscription.created', 'Alan', 'older than 8, and delivered after it', '200 new', 'succeeded', '1'],
  ['customer.subscription.created', 'Grace', 'its plan is not known yet', '200 new', 'dead, replayed: succeeded', '1'],
];

const RUNS = [
  ['1', 'grant-access', 'succeeded', '1'],
  ['2', 'count-payment', 'succeeded', '1'],
  ['2', 'send-receipt', 'succeeded', '1'],
  ['4', 'welcome', 'succeeded', '1'],
  ['6', 'remind', 'succeeded', '3'],
  ['8', 'revoke-access', 'succeeded', '1'],
  ['9', 'grant-access', 'succeeded', '1'],
  ['10', 'grant-access', 'succeeded', '1'],
];

const USERS = [
  ['Ada', 'cus', 'pro', '€49.00', 'receipt, welcome'],
  ['Grace', 'cus', 'team', 'payment-failed'],
  ['Alan', 'cus', 'none'],
];

/** The rows under a title, as cells; their number or id, which differs, left out by `cells`. */
function rows(output: string, title: string): string[][] {
  const lines = output
    .slice(output.indexOf(`\n${title}\n`))
    .split('\n')
    .slice(4);
  const end = lines.indexOf('');
  return lines.slice(0, end).map((line) => line.trim().split(/ {2,}/));
}

function tables(output: string): { deliveries: string[][]; runs: string[][]; users: string[][] } {
  return {
    deliveries: rows(output, 'Deliveries').map(([, ...cells]) => cells),
    runs: rows(output, 'Runs of handlers').map((cells) => cells.slice(0, 4)),
    users: rows(output, 'Users of the application').map((cells) => cells.map((cell) => cell.replace(/_.*/, ''))),
  };
}

describe.each([memoryDatabase, ...databases])('npm run demo -- --exit on $name', ({ name, create }) => {
  it('shows what became of each delivery, again on the same database, and on each platform', async () => {
    const database = await create();
    const run = (platform: string) =>
      runDemo(['run-demo', '--exit'], { DATABASE_URL: database.url, HTTP_PLATFORM: platform });
    const ends = [await run('express')];
    // In memory there is no second time; between the others the platform makes no difference.
    if (name === 'sqlite') {
      ends.push(await run('fastify'));
    }

    for (const { code, stdout, stderr } of ends) {
      expect(stderr).toBe('');
      expect(tables(stdout)).toEqual({ deliveries: DELIVERIES, runs: RUNS, users: USERS });
      expect(stdout).toContain('10 died of UnrecoverableEventError: The plan "team" is not known.');
      expect(stdout).toContain('All of it became what it should.');
      expect(stdout).not.toContain('\u001b');
      expect(code).toBe(0);
    }
    await database.drop();
  });
});

describe('npm run demo', () => {
  it('stays up without --exit, with commands that work, until Ctrl-C', async () => {
    const demo = await startDemonstration({ DATABASE_URL: 'sqlite::memory:', STRIPE_ADMIN_TOKEN: undefined });
    const [, token = '', admin = ''] = /TOKEN=(\S+) ADMIN=(\S+)/.exec(demo.stdout()) ?? [];

    const answer = await fetch(`${admin}/events?status=succeeded`, { headers: { authorization: `Bearer ${token}` } });

    expect(((await answer.json()) as { data: unknown[] }).data).toHaveLength(7);
    expect(await demo.end('SIGINT')).toEqual({ code: 0, signal: null });
  });

  it('needs both roles', async () => {
    const { code, stderr } = await runDemo(['run-demo', '--exit'], { ROLE: 'web' });

    expect([code, stderr.trim()]).toEqual([
      1,
      'The demonstration receives and processes: unset ROLE, or use npm start.',
    ]);
  });
});
