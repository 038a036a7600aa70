import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { elementsOf } from './json-elements';

describe('elementsOf', () => {
  it('gives the elements as they are written', () => {
    const text = '{"a":[1], "data" : [ {"n":12345678901234567890,"s":"]},\\"{["}, 1.0 ,\n[2,3],"x\\\\"] , "b":1}';

    expect(elementsOf(text, 'data')).toEqual(['{"n":12345678901234567890,"s":"]},\\"{["}', '1.0', '[2,3]', '"x\\\\"']);
  });

  it.each([
    ['{"data":[]}', []],
    ['{"data":[ \n ]}', []],
    ['{"x":{"data":[1]},"y":"data","z":[{"data":[2]}]}', null],
    ['{"data":{"data":[1]}}', null],
    ['{"x":"\\"data\\":[1]","data":[7]}', ['7']],
    ['[{"data":[1]}]', null],
  ])('finds the list of the object itself: %s', (text, found) => {
    expect(elementsOf(text, 'data')).toEqual(found);
  });

  it('gives elements that parse to those of the whole, whatever is in them', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.jsonValue(), fc.nat(4), (data, other, spaces) => {
        const text = JSON.stringify({ other, data, more: other }, null, spaces);
        const whole = JSON.parse(text) as { data: unknown[] };
        expect(elementsOf(text, 'data')?.map((element) => JSON.parse(element) as unknown)).toEqual(whole.data);
      }),
    );
  });
});
