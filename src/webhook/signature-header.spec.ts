import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { SignatureVerificationError } from '../errors';
import { MAX_HEADER_LENGTH, MAX_SIGNATURES, parseSignatureHeader } from './signature-header';

function problemOf(header: unknown): string {
  try {
    parseSignatureHeader(header as string);
    return 'none';
  } catch (error) {
    return error instanceof SignatureVerificationError ? error.problem : `threw ${String(error)}`;
  }
}

describe('parseSignatureHeader', () => {
  it('keeps the time as it was sent, and every v1', () => {
    expect(parseSignatureHeader('t=01,v1=a,v0=b,v1=c=d,v2=e')).toEqual({ timestamp: '01', signatures: ['a', 'c=d'] });
  });

  it('reads a list of headers as Node joins a repeated one', () => {
    expect(parseSignatureHeader(['t=1,v1=a', 't=2,v1=b'])).toEqual(parseSignatureHeader('t=1,v1=a, t=2,v1=b'));
    expect(parseSignatureHeader(['t=1,v1=a', 't=2,v1=b'])).toEqual({ timestamp: '1', signatures: ['a', 'b'] });
  });

  it('takes the last of several times', () => {
    expect(parseSignatureHeader('t=1,t=2,v1=a').timestamp).toBe('2');
    expect(problemOf('t=1,t,v1=a')).toBe('malformed_header');
  });

  it('counts a v1 without a value as a signature that matches nothing', () => {
    expect(parseSignatureHeader('t=1,v1,v1=').signatures).toEqual(['', '']);
  });

  it.each([undefined, null, '', [], [1], 5, {}])('finds no header in %j', (header) => {
    expect(problemOf(header)).toBe('no_header');
  });

  it.each([' ', ',', 't', 't=', 't= 1,v1=a', 't=-1,v1=a', 't=+1,v1=a', 't=1.5,v1=a', 't=1e9,v1=a', 't=0x1,v1=a'])(
    'calls %j malformed',
    (header) => {
      expect(problemOf(header)).toBe('malformed_header');
    },
  );

  it.each(['t=NaN,v1=a', 't=Infinity,v1=a', 't=१,v1=a', 't=1\n,v1=a', 't=1234567890123456,v1=a', 'T=1,v1=a', 'v1=a'])(
    'calls %j malformed',
    (header) => {
      expect(problemOf(header)).toBe('malformed_header');
    },
  );

  it.each(['t=1', 't=1,v0=a', 't=1,V1=a', 't=1, v1=a', 't=1,v1 =a', 't=1,v11=a', 't=1;v1=a,t=1'])(
    'finds no v1 in %j',
    (header) => {
      expect(problemOf(header)).toBe('no_v1_signature');
    },
  );

  it('bounds the number of signatures and the length', () => {
    expect(parseSignatureHeader(`t=1${',v1=a'.repeat(MAX_SIGNATURES)}`).signatures).toHaveLength(MAX_SIGNATURES);
    expect(problemOf(`t=1${',v1=a'.repeat(MAX_SIGNATURES + 1)}`)).toBe('malformed_header');
    expect(problemOf('t=1,v1='.padEnd(MAX_HEADER_LENGTH, 'a'))).toBe('none');
    expect(problemOf('t=1,v1='.padEnd(MAX_HEADER_LENGTH + 1, 'a'))).toBe('malformed_header');
  });

  it('throws nothing but SignatureVerificationError', () => {
    const piece = fc.constantFrom(
      't',
      'v1',
      'v0',
      '=',
      ',',
      ' ',
      '1',
      '1785312000',
      '\0',
      'é',
      '\ud83d',
      'a'.repeat(64),
    );
    const likely = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
    const header = fc.oneof(likely, fc.string({ unit: 'binary' }), fc.array(likely), fc.anything());
    fc.assert(
      fc.property(header, (value) => {
        expect(problemOf(value)).not.toContain('threw');
      }),
      { numRuns: 2000 },
    );
  });
});
