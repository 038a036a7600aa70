import { describe, expect, it } from '@jest/globals';

import { columnText } from './column-text';

describe('columnText', () => {
  it.each(['a', ' ', '2016-03-07; orders_beta=v3', 'é😀', '__proto__', 'a'.repeat(255), '😀'.repeat(255)])(
    'keeps %j',
    (text) => {
      expect(columnText(text)).toBe(text);
    },
  );

  it.each([
    '',
    'a'.repeat(256),
    'a\0',
    '\n',
    'a\n',
    '\u007f',
    '\u0085',
    '\ud83d',
    'a\udc00b',
    5,
    null,
    undefined,
    ['a'],
    {},
  ])('has no place for %j', (value) => {
    expect(columnText(value)).toBeNull();
  });
});
