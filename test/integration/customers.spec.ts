import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CustomerEntity } from 'nestjs-stripe-events';
import { buildEvent, testId, waitForEvent } from 'nestjs-stripe-events/testing';
import { databases } from '../support/databases';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';

describe.each(databases)('the customers that events tell of, in $name', (database) => {
  let ledger: LedgerApp;
  const [platform] = platforms;

  beforeAll(async () => {
    ledger = await startLedgerApp({ database, platform: platform!, stripe: { processing: { sweepMs: 20 } } });
  });
  afterAll(() => ledger.close());

  /** Delivers what Stripe said of a customer at some second, and waits until it was taken in. */
  async function say(type: string, customer: object, created: number): Promise<void> {
    const event = buildEvent({ type, object: { object: 'customer', ...customer }, created });
    await ledger.deliver(event);
    await waitForEvent(ledger.app, String(event.id), 'ignored');
  }

  function known(stripeId: string): Promise<CustomerEntity> {
    return ledger.dataSource.getRepository(CustomerEntity).findOneByOrFail({ stripeId });
  }

  it('are filled in when something describes them, after they were known by their id alone', async () => {
    const id = testId('cus');
    const invoice = buildEvent({ type: 'invoice.sent', object: { id: testId('in'), object: 'invoice', customer: id } });
    await ledger.deliver(invoice);
    await waitForEvent(ledger.app, String(invoice.id), 'ignored');
    expect(await known(id)).toMatchObject({ placeholder: true, email: null });

    await say(
      'customer.created',
      { id, email: 'ada@example.com', name: 'Ada 💶', balance: -1_250, metadata: { a: '1' } },
      1_000,
    );

    expect(await known(id)).toMatchObject({
      placeholder: false,
      email: 'ada@example.com',
      name: 'Ada 💶',
      balance: -1_250,
      metadata: { a: '1' },
      lastEventAt: new Date(1_000_000),
    });
  });

  it('do not go back to what an older event says', async () => {
    const id = testId('cus');
    await say('customer.updated', { id, name: 'new' }, 2_000);
    await say('customer.updated', { id, name: 'old' }, 1_999);
    await say('customer.created', { id, name: 'first' }, 2_000);

    expect(await known(id)).toMatchObject({ name: 'new' });
  });

  it('stay deleted', async () => {
    const id = testId('cus');
    await say('customer.deleted', { id, name: 'last' }, 3_000);
    await say('customer.updated', { id, name: 'late' }, 3_001);

    expect(await known(id)).toMatchObject({ name: 'last', deletedAt: new Date(3_000_000), placeholder: false });
  });

  it('are known by a stub of three keys as well', async () => {
    const id = testId('cus');
    await say('customer.deleted', { id, deleted: true }, 4_000);

    expect(await known(id)).toMatchObject({ deletedAt: new Date(4_000_000), name: null });
  });

  it('may have names that no column can hold as they are', async () => {
    const id = testId('cus');
    await say('customer.updated', { id, name: 'a\u0000b\ud83d', email: `${'x'.repeat(600)}@example.com` }, 5_000);

    const { name, email } = await known(id);
    expect(name).toBe('a\uFFFDb\uFFFD');
    expect(email).toHaveLength(512);
  });
});
