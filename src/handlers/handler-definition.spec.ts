import { describe, expect, it } from '@jest/globals';
import { InvalidHandlerError } from '../errors';
import { definitionsOf } from './handler-definition';
import type { HandlerDeclaration } from './handler-metadata.accessor';

function define(...declarations: HandlerDeclaration[]): unknown[] {
  return definitionsOf('Billing', { key: 'onPaid', declarations });
}

function problemOf(declaration: object, className = 'Billing', key: string | symbol = 'onPaid'): string {
  const declarations = [{ patterns: ['invoice.paid'], ...declaration }];
  try {
    definitionsOf(className, { key, declarations });
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidHandlerError);
    return (error as Error).message;
  }
  return 'none';
}

describe('definitionsOf', () => {
  it('names a handler after its class and method, unless it has an id', () => {
    expect(define({ patterns: ['invoice.paid'] })).toEqual([
      { id: 'Billing.onPaid', patterns: ['invoice.paid'], transactional: false },
    ]);
    expect(define({ patterns: ['*'], id: 'billing', transactional: true, maxAttempts: 1, timeoutMs: 5_000 })).toEqual([
      { id: 'billing', patterns: ['*'], transactional: true, maxAttempts: 1, timeoutMs: 5_000 },
    ]);
  });

  it('adds several decorators up to one handler, each pattern once', () => {
    expect(define({ patterns: ['invoice.paid'] }, { patterns: ['plan.created', 'invoice.paid'] })).toEqual([
      { id: 'Billing.onPaid', patterns: ['invoice.paid', 'plan.created'], transactional: false },
    ]);
  });

  it('makes a handler of its own for each id', () => {
    const ids = define(
      { patterns: ['invoice.paid'] },
      { patterns: ['plan.created'], id: 'plans', transactional: true },
    );

    expect(ids).toMatchObject([
      { id: 'Billing.onPaid', transactional: false },
      { id: 'plans', transactional: true },
    ]);
  });

  it('refuses decorators that disagree', () => {
    expect(() => define({ patterns: ['*'] }, { patterns: ['*'], timeoutMs: 1 })).toThrow(
      'Billing.onPaid cannot be used: its decorators disagree about timeoutMs.',
    );
  });

  it.each([[''], [' '], ['a '], ['a\0b'], ['\ud83d'], ['x'.repeat(192)], [42]])('refuses the id %p', (id) => {
    expect(problemOf({ id })).toMatch(/The handler Billing\.onPaid cannot be used: its id has to be 1 to 191/);
  });

  it('takes an id of 191 characters', () => {
    expect(problemOf({ id: 'x'.repeat(191) })).toBe('none');
    expect(problemOf({ id: 'billing: grant access ✓' })).toBe('none');
  });

  it('refuses a default id that is too long', () => {
    expect(problemOf({}, 'C'.repeat(190))).toMatch(/its id has to be/);
  });

  it('needs an id where there is no name to make one of', () => {
    expect(problemOf({}, '')).toMatch(/\(a class without a name\)\.onPaid cannot be used: its class has no name/);
    expect(problemOf({}, 'Billing', Symbol('paid'))).toMatch(/Billing\.Symbol\(paid\) .* its method has no name/);
    expect(problemOf({ id: 'paid' }, '', Symbol('paid'))).toBe('none');
  });

  it.each([0, -1, 1.5, Number.NaN, Infinity, 2 ** 31, '3', null])('refuses %p as a count', (value) => {
    expect(problemOf({ maxAttempts: value })).toMatch(/its maxAttempts has to be a whole number from 1/);
    expect(problemOf({ timeoutMs: value })).toMatch(/its timeoutMs has to be a whole number from 1/);
  });

  it('refuses what is no pattern', () => {
    expect(problemOf({ patterns: [] })).toMatch(/it asks for no event/);
    expect(problemOf({ patterns: ['invoice.paid', 'customer*'] })).toMatch(/"customer\*" is not a type of event/);
    expect(problemOf({ patterns: [undefined] })).toMatch(/"undefined" is not a type of event/);
    expect(problemOf({ patterns: [['invoice.paid']] })).toMatch(/is not a type of event/);
  });
});
