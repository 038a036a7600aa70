import { describe, expect, it } from '@jest/globals';
import { UlidFactory, ulidFloor } from './ulid';

describe('a ULID', () => {
  it('is 26 characters of the alphabet, with the time in front', () => {
    // The time of the specification's own example, 01ARZ3NDEK…
    expect(new UlidFactory().next(1_469_922_850_259)).toMatch(/^01ARZ3NDEK[0-9A-HJKMNP-TV-Z]{16}$/);
  });

  it('sorts in the order of making, within a millisecond and when the clock steps back', () => {
    const factory = new UlidFactory();
    const ids = Array.from({ length: 10_000 }, (_, index) => factory.next(1_700_000_000_000 - (index % 7)));

    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is not below the floor of its moment, and below that of the next', () => {
    const id = new UlidFactory().next(1_700_000_000_000);

    expect(id >= ulidFloor(1_700_000_000_000)).toBe(true);
    expect(id < ulidFloor(1_700_000_000_001)).toBe(true);
  });
});
