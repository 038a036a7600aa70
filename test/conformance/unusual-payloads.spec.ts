import { expect, it } from '@jest/globals';

import { readDelivery } from '../../src/events/event-reader';
import { describeConformance, readConformance } from '../support/conformance';

interface UnusualPayload {
  readonly name: string;
  readonly bodyBase64: string;
}

const UNUSABLE = /^(id (missing|not a string|empty|null)|empty object|truncated|whitespace only|form encoded)$/;

describeConformance('unusual payloads', ['unusual-payloads.json'], () => {
  const { payloads } = readConformance('unusual-payloads.json') as { payloads: readonly UnusualPayload[] };

  it.each(payloads.map((one) => [one.name, one] as const))('%s', (name, { bodyBase64 }) => {
    const bytes = Buffer.from(bodyBase64, 'base64');
    const read = readDelivery(bytes);

    expect(Buffer.from(bytes.toString(read.encoding), read.encoding).equals(bytes)).toBe(true);
    if (UNUSABLE.test(name)) {
      expect(read).toMatchObject({ kind: 'unusable', stripeId: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it.each(payloads.map((one) => [one.name, one] as const))('keeps %s under the id it says', (_name, { bodyBase64 }) => {
    const read = readDelivery(Buffer.from(bodyBase64, 'base64'));

    if (read.kind === 'event') {
      expect(read.facts.stripeId).toBe(read.parsed.id);
    }
  });
});
