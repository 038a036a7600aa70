import { describe, expect, it } from '@jest/globals';
import { redact } from './redact';

describe('redact', () => {
  it.each([
    ['No such key: sk_live_51HxYzAbCdEf', 'No such key: sk_live_[redacted]'],
    [
      'Invalid API Key provided: sk_test_4eC3*********************cdc0',
      'Invalid API Key provided: sk_test_[redacted]*********************cdc0',
    ],
    ['rk_test_51abc_def and ek_live_1234', 'rk_test_[redacted] and ek_live_[redacted]'],
    ['old: sk_4eC39HqLyjWDarjtT1zdp7dc', 'old: sk_[redacted]'],
    ['my_sk_live_51HxYz', 'my_sk_live_[redacted]'],
    ['whsec_abc+/=_-123, next', 'whsec_[redacted], next'],
    ['pi_3Abc_secret_1234567890abc failed', 'pi_3Abc_secret_[redacted] failed'],
    ['Authorization: Bearer abc.def-ghi_12', 'Authorization: Bearer [redacted]'],
    ['authorization: basic dXNlcjpwYXNz', 'authorization: basic [redacted]'],
    ['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln rejected', 'token [redacted] rejected'],
    ['connect postgres://app:p@ss@db.internal:5432/app', 'connect postgres://[redacted]@db.internal:5432/app'],
    ['Key (email)=(jenny.rosen+tag@mail.example.co.uk) exists', 'Key (email)=([e-mail]) exists'],
    ['käthe@müller.example', '[e-mail]'],
  ])('%s', (text, redacted) => {
    expect(redact(text)).toBe(redacted);
  });

  it.each([
    'task_id desk_top risk_level pk_live_51abc',
    'evt_1NG8Du2eZvKYlo2CUI79vXWy cus_9s6XKzkNRiz8i3 in_1abc',
    'at run (/app/node_modules/.pnpm/@nestjs+core@12.5.1/node_modules/@nestjs/core/index.js:1:2)',
    'https://docs.stripe.com/error-codes/resource-missing',
    'the client_secret_key option',
  ])('leaves what is no secret: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it.each(['a', 'a@', 'a.', '://', 'sk_', 'eyJ', 'eyJ-', 'Bearer ', '\n ', '@a.', 'a://'])(
    'takes no more than linear time for texts made of %j',
    (part) => {
      const processorTime = (size: number): number => {
        const text = part.repeat(size / part.length);
        const before = process.cpuUsage();
        redact(text);
        return process.cpuUsage(before).user;
      };
      const short = processorTime(10_000);
      // Ten times the text: a hundred times the work, were it quadratic.
      expect(processorTime(100_000)).toBeLessThan(40 * Math.max(short, 1_000));
    },
  );
});
