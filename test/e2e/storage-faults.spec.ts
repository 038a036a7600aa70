import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventEntity } from 'nestjs-stripe-events';
import { buildEvent, testId, waitForEvent } from 'nestjs-stripe-events/testing';
import { databases } from '../support/databases';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { deliverAndNote, expectTaken, expectTurnedAway } from '../support/noted-delivery';
import { platforms } from '../support/platforms';
import { FaultyTable } from '../support/sql-faults';

const servers = databases.filter(({ family }) => family !== 'sqlite');
const [platform] = platforms;

const FAULTS = {
  postgres: { full: '53100', crowded: '53300', readOnly: '25006', leaving: '57P01', conflict: '40001', deadlock: '40P01', poison: 'P0001' }, // prettier-ignore
  mysql: { full: '1114', crowded: '1040', readOnly: '1290', leaving: '1053', conflict: '1205', deadlock: '1213', poison: '1644' }, // prettier-ignore
};

describe.each(servers)('a delivery, when $name has a fault', (database) => {
  const faults = FAULTS[database.family as keyof typeof FAULTS];
  let ledger: LedgerApp;
  let table: FaultyTable;

  beforeAll(async () => {
    ledger = await startLedgerApp({ database, platform: platform! });
    table = new FaultyTable(ledger.dataSource);
  });
  afterAll(() => ledger.close());

  const rowsOf = (stripeId: string): Promise<number> =>
    ledger.dataSource.getRepository(EventEntity).countBy({ stripeId });

  it.each([
    ['a full disk', faults.full],
    ['too many connections', faults.crowded],
    ['a read-only server', faults.readOnly],
    ['a server that is leaving', faults.leaving],
    ['deadlocks without end', faults.deadlock],
    ['a row it cannot take', faults.poison],
  ])('is turned away because of %s, and taken when that is over', async (_fault, code) => {
    const event = buildEvent();
    await table.refuse(code);

    expectTurnedAway(await deliverAndNote(ledger, event));
    expect(await rowsOf(String(event.id))).toBe(0);

    await table.heal();
    expectTaken(await deliverAndNote(ledger, event), { duplicate: false });
    await waitForEvent(ledger.app, String(event.id), 'ignored');
  });

  it.each([
    ['a deadlock', faults.deadlock],
    ['a conflict', faults.conflict],
  ])('is taken nevertheless when it only met with %s', async (_fault, code) => {
    const event = buildEvent();
    await table.refuseFirst(2, code);

    expectTaken(await deliverAndNote(ledger, event), { duplicate: false });
    await table.heal();
  });

  it('leaves nothing behind when its body cannot be stored', async () => {
    const event = buildEvent();
    const bodies = new FaultyTable(ledger.dataSource, 'stripe_event_payload');
    await bodies.refuse(faults.full);

    expectTurnedAway(await deliverAndNote(ledger, event));
    expect(await rowsOf(String(event.id))).toBe(0);

    await bodies.heal();
    expectTaken(await deliverAndNote(ledger, event), { duplicate: false });
    expect((await waitForEvent(ledger.app, String(event.id), 'ignored')).message).toEqual(event);
  });

  it("is no duplicate because another unique index turns it away, such as one of the application's", async () => {
    const object = { id: testId('in'), object: 'invoice' };
    const [first, second] = [buildEvent({ object }), buildEvent({ object })];
    await ledger.dataSource.query('CREATE UNIQUE INDEX one_per_object ON stripe_event (object_id)');
    expectTaken(await deliverAndNote(ledger, first), { duplicate: false });

    expectTurnedAway(await deliverAndNote(ledger, second));
    expectTaken(await deliverAndNote(ledger, first), { duplicate: true });

    const on = database.family === 'mysql' ? ' ON stripe_event' : '';
    await ledger.dataSource.query(`DROP INDEX one_per_object${on}`);
    expectTaken(await deliverAndNote(ledger, second), { duplicate: false });
  });
});
