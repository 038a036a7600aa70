import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Statement } from '../../src/database';
import { EventEntity, LeaseStore } from '../../src/events';
import { databases, type DatabaseKind } from '../support/databases';
import { manyEvents } from '../support/many-events';
import { analyze, planOf, recording } from '../support/query-plans';
import { openLedgerTables, type LedgerTables } from './ledger-tables';

const EVENTS = 20_000;
const RUN = { handler: 'h', status: 'succeeded', attempts: 1, startedAtMs: 1, finishedAtMs: 2, error: null } as const;

describe.each(databases)('what workers do, in a ledger of many events on $name', (kind) => {
  let tables: LedgerTables;
  let plans: { sql: string; plan: string }[];

  beforeAll(async () => {
    tables = await openLedgerTables(kind);
    await manyEvents(tables.database, EVENTS);
    await analyze(tables.database, tables.database.table(EventEntity));
    plans = await plansOf(tables, await statementsOfWorkers(tables));
  });
  afterAll(() => tables.close());

  const planFor = (...words: string[]): string[] => {
    const found = plans.filter(({ sql }) => words.every((word) => sql.includes(word)));
    expect(found).not.toEqual([]);
    return found.map(({ plan }) => plan);
  };

  it('never reads a table from end to end', () => {
    expect(plans.length).toBeGreaterThan(8);
    for (const { sql, plan } of plans) {
      expect({ sql, scanned: fullScans(kind, plan) }).toEqual({ sql, scanned: [] });
    }
  });

  it('finds due events in the order of their index, without a sort', () => {
    for (const plan of planFor('lane = 0', 'ORDER BY next_attempt_at')) {
      expect(plan).toContain('idx_stripe_event_due');
      expect(plan).not.toMatch(/Sort|TEMP B-TREE|filesort/);
    }
  });

  it('finds the other events of an object among the open ones alone', () => {
    const siblings = planFor('AS sibling');
    expect(siblings).toHaveLength(2);
    for (const plan of siblings) {
      const reads = plan.split('\n').filter((line) => line.includes('sibling') && /idx_|key=/.test(line));
      expect(reads.length).toBeGreaterThanOrEqual(2);
      expect(reads.filter((line) => !line.includes('idx_stripe_event_open'))).toEqual([]);
    }
  });

  it('finds lost leases by their time', () => {
    for (const plan of planFor('lease_until <')) {
      expect(plan).toContain('idx_stripe_event_lease');
    }
  });
});

/** Every statement once that workers send, with and without an order. */
async function statementsOfWorkers(tables: LedgerTables): Promise<Statement[]> {
  const { database, statements } = recording(tables.database);
  for (const orderingPatienceMs of [null, 300_000]) {
    const leases = new LeaseStore(database, { leaseMs: 60_000, replayRestMs: 0, orderingPatienceMs });
    const claims = [await leases.claim(20), await leases.claim(20), await leases.claim(20)];
    const events = claims.flatMap((claimed) => claimed.events);
    expect(events.length).toBeGreaterThan(20);
    await leases.renew(events);
    await leases.write(events.map((lease) => ({ lease, run: RUN, outcome: { status: 'succeeded' } })));
    await leases.reap(100);
  }
  return [...new Map(statements.map((statement) => [statement.sql, statement])).values()];
}

async function plansOf({ database }: LedgerTables, statements: readonly Statement[]) {
  const plans: { sql: string; plan: string }[] = [];
  for (const statement of statements.filter(({ sql }) => !sql.startsWith('INSERT'))) {
    plans.push({ sql: statement.sql, plan: await planOf(database, statement) });
  }
  return plans;
}

function fullScans({ family }: DatabaseKind, plan: string): string[] {
  const scan = { postgres: /Seq Scan on stripe_event/, sqlite: /^SCAN/, mysql: / (ALL|index) key=/ }[family];
  return plan.split('\n').filter((line) => scan.test(line));
}
