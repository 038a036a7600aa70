import { describe, expect, it } from '@jest/globals';
import { money } from './money';
import { table } from './table';

describe('the table', () => {
  it('aligns columns by what is seen, not by colours', () => {
    const columns = [
      { title: '#', align: 'right' as const },
      { title: 'name', paint: (text: string) => `<${text}>` },
    ];

    const printed = table(
      columns,
      [
        ['1', 'long name'],
        ['10', 'x'],
      ],
      (text) => text,
    );

    expect(printed.split('\n')).toEqual([' #  name', '──  ─────────', ' 1  <long name>', '10  <x        >']);
  });
});

describe('money', () => {
  it.each([
    [4_900, 'eur', '€49.00'],
    [500, 'jpy', '¥500'],
    [1_234, 'kwd', 'KWD\u00a01.234'],
    [5_00, 'isk', 'ISK\u00a05'],
  ])('is %i %s as people write it', (amount, currency, written) => {
    expect(money(amount, currency)).toBe(written);
  });
});
