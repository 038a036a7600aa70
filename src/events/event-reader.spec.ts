import { createHash } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { parseEventText, readDelivery } from './event-reader';

const BOM = '\uFEFF';

function read(body: string): ReturnType<typeof readDelivery> {
  return readDelivery(Buffer.from(body));
}

describe('readDelivery', () => {
  it('takes a body as text, and parses it', () => {
    const body = ' {\r\n"id" : "evt_1", "n": 9007199254740993, "s": "\\u0000 \\ud83d é😀" }\n';

    expect(read(body)).toMatchObject({
      kind: 'event',
      encoding: 'utf8',
      parsed: { id: 'evt_1', s: '\0 \ud83d é😀' },
      facts: { stripeId: 'evt_1' },
    });
  });

  it('passes over a byte order mark', () => {
    const body = `${BOM}{"id":"evt_1"}`;

    expect(read(body)).toMatchObject({ kind: 'event', encoding: 'utf8', facts: { stripeId: 'evt_1' } });
    expect(parseEventText(body)).toEqual({ id: 'evt_1' });
    expect(read(`${BOM}${BOM}{"id":"evt_1"}`).kind).toBe('unusable');
  });

  it('reads the bytes of a view, not of the memory around it', () => {
    const around = new TextEncoder().encode('x{"id":"evt_1"}y');

    expect(readDelivery(around.subarray(1, -1))).toMatchObject({ kind: 'event', parsed: { id: 'evt_1' } });
  });

  it.each(['null', '[1,2]', '[{"id":"evt_1"}]', '0', '"evt_1"', 'true'])('cannot use %s', (body) => {
    expect(read(body)).toEqual({
      kind: 'unusable',
      stripeId: `sha256:${createHash('sha256').update(body).digest('hex')}`,
      reason: 'The body is JSON, but not an object.',
      encoding: 'utf8',
    });
  });

  it.each(['', '  \n', 'hello', '{"id":"evt_1","ob', 'id=evt_1', '{"id":"evt_1"}x', "{'id':'evt_1'}"])(
    'cannot use %j, and does not quote it',
    (body) => {
      expect(read(body)).toMatchObject({ kind: 'unusable', reason: 'The body is not JSON.', encoding: 'utf8' });
    },
  );

  it.each([
    '{}',
    '{"id":null}',
    '{"id":5}',
    '{"id":""}',
    '{"id":"a\\u0000b"}',
    '{"id":"\\ud83d"}',
    '{"id":{"id":"evt_1"}}',
  ])('cannot use %s, for want of an id', (body) => {
    expect(read(body)).toMatchObject({ kind: 'unusable', reason: expect.stringContaining('no id'), encoding: 'utf8' });
  });

  it('cannot use an id of more than 255 characters', () => {
    expect(read(`{"id":"${'e'.repeat(256)}"}`).kind).toBe('unusable');
    expect(read(`{"id":"${'e'.repeat(255)}"}`).kind).toBe('event');
  });

  it.each([
    ['latin-1', Buffer.from('{"id":"caf\u00e9"}', 'latin1')],
    ['CESU-8', Buffer.from([0x22, 0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80, 0x22])],
    ['an overlong form', Buffer.from([0x22, 0xc0, 0x80, 0x22])],
    ['a cut sequence', Buffer.from([0x22, 0xe2, 0x82])],
  ])('keeps the bytes of %s', (_name, bytes) => {
    expect(readDelivery(bytes)).toMatchObject({
      kind: 'unusable',
      reason: 'The body is not valid UTF-8.',
      encoding: 'base64',
    });
  });

  it('keeps a NUL byte out of a text', () => {
    expect(read('{"id":"evt_1"}\0')).toMatchObject({ kind: 'unusable', encoding: 'base64' });
  });

  it('takes the last of two equal keys, as JSON.parse does', () => {
    expect(read('{"id":"evt_A","id":"evt_B"}')).toMatchObject({ facts: { stripeId: 'evt_B' } });
  });

  it('reads deep and hostile bodies', () => {
    const deep = `{"id":"evt_1","x":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`;

    expect(read(deep)).toMatchObject({ kind: 'event', encoding: 'utf8' });
    expect(read('{"id":"evt_1","__proto__":{"polluted":true,"livemode":true}}')).toMatchObject({
      facts: { livemode: false },
    });
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('gives every body back as it came', () => {
    const json = fc.json().map((text) => Buffer.from(text));
    const event = fc
      .record({ id: fc.string({ unit: 'binary' }), type: fc.anything(), created: fc.anything(), data: fc.jsonValue() })
      .map((value) =>
        Buffer.from(JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? 0 : inner))),
      );
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), json, event), (bytes) => {
        const result = readDelivery(bytes);
        const stored = Buffer.from(bytes).toString(result.encoding);
        expect(Buffer.from(stored, result.encoding).equals(bytes)).toBe(true);
        expect(stored).not.toContain('\0');
      }),
      { numRuns: 1000 },
    );
  });
});
