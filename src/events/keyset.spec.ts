import { describe, expect, it } from '@jest/globals';
import { InvalidRequestError } from '../errors';
import { keysetOf, pageOf } from './keyset';

const items = (...ids: string[]): { id: string }[] => ids.map((id) => ({ id: id.padEnd(26, '0') }));

describe('keysetOf', () => {
  it('begins at the top, 25 items long', () => {
    expect(keysetOf({})).toEqual({ limit: 25, after: null, conditions: [] });
  });

  it('goes on below the last item of the page before', () => {
    const first = pageOf(items('C', 'B', 'A'), keysetOf({ limit: 2 }));
    expect(first.data).toEqual(items('C', 'B'));
    expect(keysetOf({ cursor: first.nextCursor! }).conditions).toEqual([
      { sql: 'id < ?', params: ['B'.padEnd(26, '0')] },
    ]);
  });

  it('ends where no item is left over', () => {
    expect(pageOf(items('B', 'A'), keysetOf({ limit: 2 }))).toEqual({ data: items('B', 'A'), nextCursor: null });
    expect(pageOf([], keysetOf({}))).toEqual({ data: [], nextCursor: null });
  });

  it('goes on behind what was looked at, where that was given up before the page was full', () => {
    const [end] = items('A');
    const page = pageOf(items('C'), keysetOf({ limit: 2 }), end!.id);
    expect(page.data).toEqual(items('C'));
    expect(keysetOf({ cursor: page.nextCursor! }).after).toBe(end!.id);
    expect(pageOf(items('D', 'C', 'B'), keysetOf({ limit: 2 }), null).nextCursor).toBe(
      pageOf([], keysetOf({}), items('C')[0]!.id).nextCursor,
    );
  });

  it.each([0, 101, 1.5, NaN, '5' as unknown as number])('refuses a limit of %p', (limit) => {
    expect(() => keysetOf({ limit })).toThrow('limit must be a whole number from 1 to 100');
  });

  const good = Buffer.from('A'.repeat(26)).toString('base64url');
  it.each([
    '',
    'x',
    good.slice(1),
    `${good}=`,
    ` ${good}`,
    `${good}\n`,
    'A'.repeat(26),
    7 as unknown as string,
    Buffer.from(`${'A'.repeat(25)}'`).toString('base64url'),
    Buffer.from('a'.repeat(26)).toString('base64url'),
    Buffer.from('A'.repeat(27)).toString('base64url'),
  ])('refuses the cursor %p, and does not repeat it', (cursor) => {
    expect(() => keysetOf({ cursor })).toThrow(InvalidRequestError);
    expect(() => keysetOf({ cursor })).toThrow('cursor must be the nextCursor of the page before');
  });
});
