import { describe, expect, it } from '@jest/globals';
import { comesBefore, orderLockOf, turnsOf, type Candidate, type OrderedEvent } from './object-order';

const NOW = 1_000_000;
const PATIENCE = 5_000;
const at = (ms: number): Date => new Date(ms);

function event(id: string, parts: Partial<Candidate> = {}): Candidate {
  const defaults = {
    status: 'pending',
    createdAt: at(1_000),
    receivedAt: at(2_000),
    orderLock: 'a',
    heldSince: null,
  } as const;
  return { id, ...defaults, ...parts };
}

/** What becomes of the candidates of object `a` when these are its heads; a head that is a text is not known. */
function turns(candidates: Candidate[], heads: (OrderedEvent | string)[] = []): Record<string, string> {
  const known = [...candidates, ...heads.filter((head) => typeof head !== 'string')];
  const given = turnsOf(candidates, {
    heads: new Map([['a', heads.map((head) => (typeof head === 'string' ? head : head.id))]]),
    known: new Map(known.map((other) => [other.id, other])),
    nowMs: NOW,
    patienceMs: PATIENCE,
  });
  return Object.fromEntries([...given].map(([{ id }, turn]) => [id, turn]));
}

describe('the lock of an object', () => {
  it('is the same for its events, and another for every other object', () => {
    const event = { endpoint: 'default', account: null, objectId: 'sub_1' };
    const others = [
      event,
      { ...event, objectId: 'sub_2' },
      { ...event, account: 'acct_1' },
      { ...event, endpoint: 'other' },
      { endpoint: 'default', account: 'sub_1', objectId: '' },
    ].map(orderLockOf);
    expect(new Set(others).size).toBe(5);
    expect(orderLockOf({ ...event })).toBe(others[0]);
    expect(others.every((lock) => lock !== null && lock.length <= 64)).toBe(true);
  });

  it('is none where there is no object', () => {
    expect(orderLockOf({ endpoint: 'default', account: null, objectId: null })).toBeNull();
  });
});

describe('which of two events comes first', () => {
  it.each([
    ['by Stripe’s time', event('2', { createdAt: at(1) }), event('1', { createdAt: at(2) })],
    ['by arrival within a second', event('1'), event('2')],
    ['by arrival where Stripe’s time is missing', event('2', { createdAt: null, receivedAt: at(3) }), event('1', { createdAt: at(4) })], // prettier-ignore
    ['by arrival where both times are missing', event('1', { createdAt: null }), event('2', { createdAt: null })],
  ])('is told %s', (_how, first, second) => {
    expect(comesBefore(first, second)).toBe(true);
    expect(comesBefore(second, first)).toBe(false);
  });
});

describe('whose turn it is', () => {
  const first = event('1');
  const second = event('2');

  it('is the first one’s, and the others are held', () => {
    expect(turns([second, first, event('3')], [first])).toEqual({ 1: 'run', 2: 'hold', 3: 'hold' });
  });

  it('is nobody’s while one is in work, however late that one is', () => {
    const working = event('9', { status: 'processing' });
    expect(turns([first], [working, first])).toEqual({ 1: 'hold' });
    expect(turns([event('1', { heldSince: at(0) })], [working])).toEqual({ 1: 'hold' });
  });

  it('is nobody’s while an earlier one waits for its retry', () => {
    expect(turns([second], [first])).toEqual({ 2: 'hold' });
  });

  it('is the later one’s when its patience is over', () => {
    const since = (ms: number): Candidate => event('2', { heldSince: at(NOW - ms) });
    expect(turns([since(PATIENCE - 1)], [first])).toEqual({ 2: 'hold' });
    expect(turns([since(PATIENCE)], [first])).toEqual({ 2: 'run' });
  });

  it('is one event’s only, also when several have been patient enough', () => {
    const patient = [4, 2, 3].map((id) => event(String(id), { heldSince: at(0) }));
    expect(turns(patient, [first])).toEqual({ 2: 'run', 3: 'hold', 4: 'hold' });
  });

  it('is not affected by a later one that waits', () => {
    expect(turns([first], [second])).toEqual({ 1: 'run' });
  });

  it('cannot be told while another worker has a hand on what stands in the way', () => {
    expect(turns([second], ['1'])).toEqual({ 2: 'look-again' });
    expect(turns([second], [event('1', { status: 'succeeded' })])).toEqual({ 2: 'look-again' });
  });

  it('is told for each object apart', () => {
    const other = event('3', { orderLock: 'b' });
    expect(turns([second, other], [first])).toEqual({ 2: 'hold', 3: 'run' });
  });
});
