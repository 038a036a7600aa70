import { describe, expect, it } from '@jest/globals';
import { connectionOf } from './database';

describe('DATABASE_URL', () => {
  it.each([
    ['sqlite:./data/a.sqlite', { type: 'better-sqlite3', database: './data/a.sqlite', enableWAL: true }],
    ['sqlite:/data/a.sqlite', { type: 'better-sqlite3', database: '/data/a.sqlite', enableWAL: true }],
    ['sqlite:///data/a.sqlite', { type: 'better-sqlite3', database: '/data/a.sqlite', enableWAL: true }],
    ['sqlite::memory:', { type: 'better-sqlite3', database: ':memory:', enableWAL: false }],
    ['postgres://u@h/d', { type: 'postgres', url: 'postgres://u@h/d', poolSize: 20 }],
    ['postgresql://u@h/d', { type: 'postgres', url: 'postgresql://u@h/d', poolSize: 20 }],
    ['mysql://u@h/d', { type: 'mysql', url: 'mysql://u@h/d', poolSize: 20 }],
    ['mariadb://u@h/d', { type: 'mariadb', url: 'mariadb://u@h/d', poolSize: 20 }],
  ])('may be %s', (url, options) => {
    expect(connectionOf(url)).toEqual(options);
  });

  it.each(['', 'sqlite:', 'postgres', 'oracle://u:hidden@h/d', 'mysql://u:hidden@h', 'mysql://u:hidden@h/'])(
    'may not be "%s", and is not repeated',
    (url) => {
      expect(() => connectionOf(url)).toThrow(/^DATABASE_URL must be (?!.*hidden)/);
    },
  );
});
