import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { buildEvent, testId } from 'nestjs-stripe-events/testing';
import { EventEntity, EventPayloadStore, EventRecorder, type RecordedEvent } from '../../src/events';
import { databases } from '../support/databases';
import { newEvent } from '../support/new-event';
import { FaultyTable } from '../support/sql-faults';
import { openLedgerTables, type LedgerTables } from './ledger-tables';

/** Codes that say nothing about the database as a whole. */
const POISON = { postgres: 'P0001', mysql: '1644', sqlite: '' };
const LIMITS = { timeoutMs: 20_000, maxWaiting: 500 };

describe.each(databases)('recording events in $name', (kind) => {
  let ledger: LedgerTables;
  let recorder: EventRecorder;

  beforeAll(async () => {
    ledger = await openLedgerTables(kind);
    recorder = new EventRecorder(ledger.database, LIMITS);
  });
  afterAll(() => ledger.close());

  /** Records events behind one that is under way, which makes them share a statement. */
  async function recordTogether(events: readonly ReturnType<typeof newEvent>[]): Promise<RecordedEvent[]> {
    const statements = jest.spyOn(ledger.database.dialect, 'insertFresh');
    const [, ...recorded] = await Promise.all(
      [newEvent(buildEvent()), ...events].map((event) => recorder.record(event)),
    );
    expect(statements.mock.calls.map(([{ rows }]) => rows.length)).toEqual([1, events.length]);
    statements.mockRestore();
    return recorded;
  }

  function stored(stripeId: string): Promise<EventEntity[]> {
    return ledger.database.dataSource.getRepository(EventEntity).findBy({ stripeId });
  }

  it('tells each delivery of one statement whether its event was new', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => buildEvent({ id: testId(`evt_${name}`) }));
    await recorder.record(newEvent(b!));

    const recorded = await recordTogether([a, b, a, c].map((event) => newEvent(event!)));

    expect(recorded.map(({ isNew }) => isNew)).toEqual([true, false, false, true]);
    for (const event of [a, b, c]) {
      expect(await stored(String(event!.id))).toHaveLength(1);
    }
  });

  it('keeps the first body of an event, whatever comes under its id later', async () => {
    const id = testId('evt');
    const first = buildEvent({ id, apiVersion: '2020-08-27' });
    const later = [buildEvent({ id, apiVersion: '2026-10-28.endive' }), buildEvent({ id, type: 'invoice.voided' })];
    await recorder.record(newEvent(first));

    const recorded = await recordTogether(later.map((event) => newEvent(event)));

    expect(recorded.map(({ isNew }) => isNew)).toEqual([false, false]);
    const events = await stored(id);
    await new EventPayloadStore(ledger.database).attachTo(events);
    expect(events.map(({ message, apiVersion }) => ({ message, apiVersion }))).toEqual([
      { message: first, apiVersion: '2020-08-27' },
    ]);
  });

  it('takes the same id in another trust domain for another event', async () => {
    const event = buildEvent();

    const recorded = await recordTogether([newEvent(event), newEvent(event, 'other'), newEvent(event, 'other')]);

    expect(recorded.map(({ isNew }) => isNew)).toEqual([true, true, false]);
    const events = await stored(String(event.id));
    expect(events.map(({ endpoint }) => endpoint).sort()).toEqual(['default', 'other']);
  });

  it('takes each test event of the Dashboard for one of its own', async () => {
    const event = newEvent(buildEvent({ id: 'evt_00000000000000' }));

    const recorded = await recordTogether([event, event]);

    expect(recorded.map(({ isNew }) => isNew)).toEqual([true, true]);
    expect(new Set(recorded.map(({ stripeId }) => stripeId)).size).toBe(2);
  });

  it('lets a row that the database refuses fail alone', async () => {
    const events = [1, 2, 3, 4, 5].map(() => buildEvent());
    const poisoned = buildEvent({ id: testId('evt_poisoned') });
    const table = new FaultyTable(ledger.database.dataSource);
    await table.refuse(POISON[kind.family], "NEW.stripe_id LIKE 'evt_poisoned%'");
    const together = [...events.slice(0, 2), poisoned, ...events.slice(2)];

    const [, ...results] = await Promise.allSettled(
      [buildEvent(), ...together].map((event) => recorder.record(newEvent(event))),
    );

    const refused = { status: 'rejected', reason: expect.objectContaining({ reason: 'refused' }) };
    const taken = { status: 'fulfilled', value: expect.objectContaining({ isNew: true }) };
    expect(results).toEqual(together.map((event) => (event === poisoned ? refused : taken)));
    expect(await stored(String(poisoned.id))).toEqual([]);
    await table.heal();
    expect(await recorder.record(newEvent(poisoned))).toMatchObject({ isNew: true });
  });
});
