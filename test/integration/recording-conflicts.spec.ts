import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { buildEvent, testId } from 'nestjs-stripe-events/testing';
import { EventRecorder } from '../../src/events';
import { withOptions } from '../support/database-variants';
import { databases } from '../support/databases';
import { newEvent } from '../support/new-event';
import { FaultyTable } from '../support/sql-faults';
import { openLedgerTables, type LedgerTables } from './ledger-tables';

const servers = databases.filter(({ family }) => family !== 'sqlite');
const LIMITS = { timeoutMs: 10_000, maxWaiting: 500 };
/** Without this, PostgreSQL resolves a deadlock itself, a second later: too late for a delivery. */
const NO_RESCUE = { extra: { options: '-c deadlock_timeout=60s' } };

describe.each(servers)('recording on $name', (kind) => {
  let ledger: LedgerTables;

  beforeEach(async () => {
    ledger = await openLedgerTables(kind.family === 'postgres' ? withOptions(kind, NO_RESCUE) : kind);
  });
  afterEach(() => ledger.close());

  it('does not deadlock when the same events come in different orders', async () => {
    const recorders = [1, 2].map(() => new EventRecorder(ledger.database, LIMITS));
    const events = ['a', 'b', 'c'].map((name) => newEvent(buildEvent({ id: testId(`evt_${name}`) })));
    const orders = [events, [...events].reverse()];
    await new FaultyTable(ledger.database.dataSource).slow(50);

    const recorded = await Promise.all(
      recorders.flatMap((recorder, index) =>
        // The first one is under way alone, so that the others share a statement.
        [newEvent(buildEvent()), ...orders[index]!].map((event) => recorder.record(event)),
      ),
    );

    expect(recorded.filter(({ isNew }) => isNew)).toHaveLength(2 + events.length);
  });
});
