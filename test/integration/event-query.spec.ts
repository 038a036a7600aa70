import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UlidFactory } from '../../src/common';
import { EventEntity, EventQuery, type EventFilter } from '../../src/events';
import { databases } from '../support/databases';
import { openLedgerTables, type LedgerTables } from './ledger-tables';

const DAY = 86_400_000;
const NOON = Date.UTC(2026, 0, 15, 12);

describe.each(databases)('EventQuery on $name', (kind) => {
  let tables: LedgerTables;
  let query: EventQuery;

  beforeAll(async () => {
    tables = await openLedgerTables(kind);
    query = new EventQuery(tables.database);
  });
  afterAll(() => tables.close());

  async function found(filter: EventFilter): Promise<string[]> {
    const { data } = await query.list({ endpoint: 'filters', limit: 100, ...filter });
    return data.map(({ stripeId }) => stripeId);
  }

  describe('with a filter', () => {
    const at = (ms: number): Date => new Date(NOON + ms);
    const hostile = `'"\`;--%_!\\`;

    beforeAll(() =>
      tables.events(
        [
          {
            stripeId: 'evt_a',
            kind: 'customer.created',
            objectId: 'cus_A',
            stripeCustomerId: 'cus_A',
            receivedAt: at(0),
          },
          { stripeId: 'evt_b', kind: 'customer.tax_id.created', stripeCustomerId: 'cus_A', receivedAt: at(1) },
          { stripeId: 'evt_c', kind: 'customerx', account: 'acct_1', livemode: false, receivedAt: at(1_000) },
          { stripeId: 'evt_d', kind: 'Customer.upper', status: 'dead' as const, receivedAt: at(DAY) },
          { stripeId: 'evt_e', status: 'pending' as const, source: 'manual' as const, receivedAt: at(DAY + 1) },
          { stripeId: `evt_${hostile}`, kind: hostile, objectId: hostile, receivedAt: at(2 * DAY) },
        ].map((row) => ({ ...row, endpoint: 'filters' })),
      ),
    );

    it('shows the newest first', async () => {
      expect(await found({})).toEqual([`evt_${hostile}`, 'evt_e', 'evt_d', 'evt_c', 'evt_b', 'evt_a']);
    });

    it.each<[string, EventFilter, string[]]>([
      ['a type', { kind: 'customer.created' }, ['evt_a']],
      ['a family of types', { kind: 'customer.*' }, ['evt_b', 'evt_a']],
      ['a status', { status: 'dead' }, ['evt_d']],
      ['the other status', { status: 'pending' }, ['evt_e']],
      ['a mode', { livemode: false }, ['evt_c']],
      ['a customer', { customer: 'cus_A' }, ['evt_b', 'evt_a']],
      ['a customer in other letters', { customer: 'cus_a' }, []],
      ['an account', { account: 'acct_1' }, ['evt_c']],
      ['an object', { object: 'cus_A' }, ['evt_a']],
      ['a source', { source: 'manual' }, ['evt_e']],
      ['another domain', { endpoint: 'default' }, []],
      ['a search for an id', { q: 'evt_a' }, ['evt_a']],
      ['a search for the beginning of a type', { q: 'customer' }, ['evt_c', 'evt_b', 'evt_a']],
      ['a search for the beginning of a customer', { q: 'cus_' }, ['evt_b', 'evt_a']],
      ['a search for the middle of an id', { q: 'vt_a' }, []],
      ['a search for a whole type', { q: 'customer.created' }, ['evt_a']],
      ['a search for a whole id, of an object or a customer', { q: 'cus_A' }, ['evt_b', 'evt_a']],
      ['a search within a status', { q: 'evt_', status: 'dead' }, ['evt_d']],
      ['a family that is not there', { kind: 'nobody.*' }, []],
      ['a family within a status', { kind: 'Customer.*', status: 'dead' }, ['evt_d']],
      ['every type', { kind: '*', source: 'manual' }, ['evt_e']],
      ['a status within a time', { status: 'pending', from: at(DAY), to: at(2 * DAY) }, ['evt_e']],
      ['several at once', { kind: 'customer.*', object: 'cus_A', livemode: true }, ['evt_a']],
      ['the beginning of a time', { from: at(DAY), to: at(DAY + 1) }, ['evt_d']],
      ['the end of a time', { to: at(1) }, ['evt_a']],
      ['no time at all', { from: at(1_000), to: at(1_000) }, []],
      ['all times', { from: new Date(-8.64e15), to: new Date(8.64e15), kind: 'customer.created' }, ['evt_a']],
      ['a time to come', { from: new Date(8.64e15) }, []],
    ])('shows only %s', async (_name, filter, expected) => {
      expect(await found(filter)).toEqual(expected);
    });

    it.each([
      '%',
      '_',
      '!',
      '%%',
      'evt_%',
      'evt__',
      `' OR '1'='1`,
      '"; DROP TABLE stripe_event; --',
      '\\',
      '\0',
      '\ud800',
    ])('takes %j for nothing but text', async (text) => {
      for (const filter of [{ q: text }, { kind: text }, { customer: text }, { object: text }, { account: text }]) {
        expect(await found(filter)).toEqual([]);
      }
    });

    it('finds text that is made of wildcards and quotes', async () => {
      const only = [`evt_${hostile}`];
      expect(await found({ q: hostile })).toEqual(only);
      expect(await found({ q: hostile.slice(0, 7) })).toEqual(only);
      expect(await found({ kind: hostile })).toEqual(only);
      expect(await found({ object: hostile })).toEqual(only);
    });
  });

  describe('where no index leads to the events', () => {
    const rows = Array.from({ length: 60 }, (_, index) => ({
      ...{ endpoint: 'windows', stripeId: `evt_w${index}_`, kind: index % 2 === 0 ? 'odd.even' : 'odd.odd' },
      account: index % 10 === 3 ? 'acct_windows' : null,
    }));
    const wanted = rows.filter(({ account }) => account !== null).map(({ stripeId }) => stripeId).reverse(); // prettier-ignore

    beforeAll(() => tables.events(rows));

    /** All pages of a filter, with windows of a few events. */
    async function pagesOf(filter: EventFilter, windows: number[], limit = 2): Promise<string[][]> {
      const pages: string[][] = [];
      let cursor: string | null | undefined;
      while (cursor !== null) {
        const page = await new EventQuery(tables.database, undefined, windows).list({
          ...{ ...filter, limit },
          ...(cursor === undefined ? {} : { cursor }),
        });
        pages.push(page.data.map(({ stripeId }) => stripeId));
        cursor = page.nextCursor;
      }
      return pages;
    }

    it.each([[[1]], [[3]], [[2, 5]], [[7, 1]], [[100]]])(
      'goes on page by page, looking at %j events',
      async (windows) => {
        for (const filter of [
          { account: 'acct_windows', endpoint: 'windows' },
          { kind: 'odd.*', q: 'evt_w', account: 'acct_windows' },
        ]) {
          expect((await pagesOf(filter, windows)).flat()).toEqual(wanted);
        }
        const odd = rows.filter(({ kind: of }) => of === 'odd.odd').map(({ stripeId }) => stripeId);
        expect((await pagesOf({ kind: 'odd.odd', endpoint: 'windows' }, windows)).flat()).toEqual(odd.reverse());
      },
    );

    it('gives up a page that is not full', async () => {
      const pages = await pagesOf({ kind: 'odd.*', q: 'evt_w5' }, [4, 4]);
      expect(pages.flat()).toEqual([...Array.from({ length: 10 }, (_, index) => `evt_w${59 - index}_`), 'evt_w5_']);
      expect(pages.filter((page) => page.length === 0).length).toBeGreaterThan(2);
    });

    it('finds a family of types by its types, without a look at other events', async () => {
      const pages = await pagesOf({ kind: 'odd.*' }, [], 25);
      expect(pages.flat()).toEqual(rows.map(({ stripeId }) => stripeId).reverse());
    });
  });

  it('finds what a host received whose clock had stepped back', async () => {
    const id = new UlidFactory().next(NOON + 60_000);
    await tables.events([{ id, endpoint: 'clock', stripeId: 'evt_late', receivedAt: new Date(NOON) }]);
    const between = (from: number, to: number) =>
      query.list({ endpoint: 'clock', from: new Date(NOON + from), to: new Date(NOON + to) });

    expect((await between(0, 1)).data).toHaveLength(1);
    expect((await between(1, 60_001)).data).toHaveLength(0);
  });

  it('pages through everything once, also while events come in', async () => {
    const rows = Array.from({ length: 230 }, (_, index) => ({ endpoint: 'pages', stripeId: `evt_${index}` }));
    await tables.events(rows);
    const seen: string[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page = await query.list({ endpoint: 'pages', limit: 100, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.data.map(({ stripeId }) => stripeId));
      cursor = page.nextCursor;
      await tables.events([{ endpoint: 'pages', stripeId: `evt_new_${seen.length}` }]);
    }
    expect(seen).toEqual(rows.map(({ stripeId }) => stripeId).reverse());
  });

  it('finds one event, by every letter of its id, within its domain', async () => {
    await tables.events([{ stripeId: 'evt_One', endpoint: 'default', lastError: 'x', nextAttemptAt: new Date(NOON) }]);

    const event = await query.find('evt_One');

    expect(event).toBeInstanceOf(EventEntity);
    expect(event).toMatchObject({ stripeId: 'evt_One', livemode: true, nextAttemptAt: new Date(NOON), account: null });
    expect(await query.find('evt_one')).toBeNull();
    expect(await query.find('evt_One', 'other')).toBeNull();
    expect(await query.find('evt_One\0')).toBeNull();
    expect(await query.find(`evt_One' --`)).toBeNull();
  });
});
