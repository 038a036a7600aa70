import { describe, expect, it } from '@jest/globals';
import { isMaskPath, PayloadMask } from './payload-mask';

const EVENT = {
  id: 'evt_1',
  data: {
    object: {
      email: 'ada@example.com',
      phone: null,
      lines: { data: [{ name: 'A', tax: { id: 'DE1' } }, { name: 'B' }] },
    },
    previous_attributes: { email: 'old@example.com' },
  },
};

function masked(...paths: string[]): unknown {
  return new PayloadMask(paths).apply(EVENT);
}

describe('a mask', () => {
  it('hides nothing where nothing is named', () => {
    expect(masked()).toBe(EVENT);
    expect(masked('data.object.nothing', 'email', 'data.object.email.deeper')).toEqual(EVENT);
  });

  it('hides a value by its path, and what it was before', () => {
    expect(masked('data.object.email')).toEqual({
      ...EVENT,
      data: {
        ...EVENT.data,
        object: { ...EVENT.data.object, email: '[redacted]' },
        previous_attributes: { email: '[redacted]' },
      },
    });
  });

  it('hides whole objects, and leaves null where nothing is', () => {
    expect(masked('data.object.lines', 'data.object.phone')).toMatchObject({
      data: { object: { lines: '[redacted]', phone: null } },
    });
  });

  it('takes * for one name or position, and ** for any number of names', () => {
    expect(masked('data.object.lines.data.*.name')).toMatchObject({
      data: { object: { lines: { data: [{ name: '[redacted]', tax: { id: 'DE1' } }, { name: '[redacted]' }] } } },
    });
    expect(masked('**.id')).toMatchObject({
      id: '[redacted]',
      data: { object: { lines: { data: [{ tax: { id: '[redacted]' } }, {}] } } },
    });
    expect(masked('data.**.tax.id')).toMatchObject({
      id: 'evt_1',
      data: { object: { lines: { data: [{ tax: { id: '[redacted]' } }, {}] } } },
    });
  });

  it('keeps names that mean something to JavaScript', () => {
    const payload = JSON.parse('{"__proto__": {"email": "a"}, "constructor": {"email": "b"}}') as object;
    expect(JSON.stringify(new PayloadMask(['**.email']).apply(payload))).toBe(
      '{"__proto__":{"email":"[redacted]"},"constructor":{"email":"[redacted]"}}',
    );
  });

  it('hides a payload that is only text', () => {
    expect(new PayloadMask(['data.object.email']).apply('{"data": …')).toBe('[redacted]');
    expect(new PayloadMask([]).apply('{"data": …')).toBe('{"data": …');
    expect(new PayloadMask(['data.object.email']).apply(null)).toBeNull();
  });

  it('hides the fields of a customer by the same paths', () => {
    const fields = { email: 'ada@example.com', taxExempt: 'none', address: { city: 'Berlin', line1: 'A 1' } };
    expect(new PayloadMask(['data.object.email', '**.tax_exempt', '**.line1']).applyToObject(fields)).toEqual({
      email: '[redacted]',
      taxExempt: '[redacted]',
      address: { city: 'Berlin', line1: '[redacted]' },
    });
    expect(new PayloadMask(['data']).applyToObject(fields)).toEqual({
      email: '[redacted]',
      taxExempt: '[redacted]',
      address: '[redacted]',
    });
  });
});

describe('a path', () => {
  it.each(['data', 'data.object.email', '*.x', '**.email', 'data.*', 'data.object.metadata.*'])('may be %s', (path) => {
    expect(isMaskPath(path)).toBe(true);
  });

  it.each(['', '.', 'a..b', 'a.', '**', 'data.**', 'a*', 7, null])('may not be %j', (path) => {
    expect(isMaskPath(path)).toBe(false);
  });
});
