import { describe, expect, it } from '@jest/globals';
import { ulidFloor } from '../common';
import { InvalidRequestError } from '../errors';
import { eventConditions } from './event-conditions';
import type { EventFilter } from './event.filter';

const HOUR = 3_600_000;
const conditions = (filter: EventFilter, restated = (_condition: string) => '') =>
  eventConditions(filter, { restated });

describe('eventConditions', () => {
  it('lets everything through without a filter', () => {
    expect(conditions({})).toEqual({ sql: '1 = 1', params: [] });
    expect(conditions({ kind: '*' })).toEqual({ sql: '1 = 1', params: [] });
  });

  it('joins with AND what is given, and puts every value that came from outside into a parameter', () => {
    expect(conditions({ livemode: false, customer: 'cus_1', account: 'acct_1', object: 'in_1' })).toEqual({
      sql: 'livemode = ? AND stripe_customer_id = ? AND account = ? AND object_id = ?',
      params: [false, 'cus_1', 'acct_1', 'in_1'],
    });
  });

  it('writes the status out, where it is one', () => {
    expect(conditions({ status: 'dead' })).toEqual({ sql: `status = 'dead'`, params: [] });
    expect(conditions({ status: `dead' OR '1'='1` as 'dead' })).toEqual({ sql: '1 = 0', params: [] });
  });

  it('says the condition of the index of states where a planner has to be told', () => {
    const restated = (condition: string): string => `${condition} AND `;
    expect(conditions({ status: 'dead' }, restated).sql).toBe("status <> 'succeeded' AND status = 'dead'");
    expect(conditions({ status: 'succeeded' }, restated).sql).toBe("status = 'succeeded'");
  });

  it('takes a type, or a family of types', () => {
    expect(conditions({ kind: 'invoice.paid' })).toEqual({ sql: 'kind = ?', params: ['invoice.paid'] });
    expect(conditions({ kind: 'customer.*' })).toEqual({
      sql: "(kind LIKE ? ESCAPE '!' AND SUBSTR(kind, 1, 9) = ?)",
      params: ['customer.%', 'customer.'],
    });
  });

  it('takes wildcards and quotes of a search for what they are', () => {
    const { sql, params } = conditions({ q: `%_!'"` });
    expect(sql).toMatch(/^\(.* OR .*\)$/);
    expect(params.slice(0, 2)).toEqual([`!%!_!!'"%`, `%_!'"`]);
  });

  it('counts characters as databases do', () => {
    expect(conditions({ kind: '😀.*' }).sql).toContain('SUBSTR(kind, 1, 2)');
  });

  it('asks no database for a text that none can hold', () => {
    for (const text of ['a\0b', 'a\ud800', 5 as unknown as string, null as unknown as string]) {
      expect(conditions({ customer: text }).sql).toBe('1 = 0');
    }
    expect(conditions({ q: '\0' })).toEqual({ sql: '(1 = 0 OR 1 = 0 OR 1 = 0 OR 1 = 0)', params: [] });
  });

  it('bounds the id by the time it carries, with room for a clock that stepped back', () => {
    const from = new Date('2026-01-01T00:00:00Z');
    const to = new Date('2026-01-02T00:00:00Z');
    expect(conditions({ from, to })).toEqual({
      sql: '(id >= ? AND received_at >= ?) AND (id < ? AND received_at < ?)',
      params: [ulidFloor(from.getTime()), from.getTime(), ulidFloor(to.getTime() + HOUR), to.getTime()],
    });
  });

  it('keeps the bounds in order for moments that no id can carry', () => {
    const bound = (filter: EventFilter): string => String(conditions(filter).params[0]);
    expect(bound({ from: new Date(8.64e15) })).toBe('Z'.repeat(10) + '0'.repeat(16));
    expect(bound({ from: new Date(-1) })).toBe('0'.repeat(26));
  });

  it('refuses a moment that is none', () => {
    expect(() => conditions({ from: new Date('soon') })).toThrow(InvalidRequestError);
    expect(() => conditions({ to: '2026-01-01' as unknown as Date })).toThrow('to must be a valid date');
  });
});
