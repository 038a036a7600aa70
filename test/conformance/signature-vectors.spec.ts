import { expect, it } from '@jest/globals';

import { SignatureVerificationError } from '../../src/errors';
import { SignatureVerifier } from '../../src/webhook/signature-verifier';
import { describeConformance, readConformance } from '../support/conformance';

interface SignatureVector {
  readonly name: string;
  readonly bodyBase64: string;
  readonly header: string | readonly string[] | null;
  readonly headerKind: string;
  readonly secrets: readonly string[];
  readonly now: number;
  readonly tolerance: number;
  readonly expected: string;
}

function headerOf({ header, headerKind }: SignatureVector): string | readonly string[] | undefined {
  return headerKind === 'array' && typeof header === 'string' ? [header] : (header ?? undefined);
}

function outcomeOf(vector: SignatureVector): string {
  const verifier = new SignatureVerifier({
    secrets: vector.secrets.map((secret) => ({ secret, endpoint: 'default' })),
    toleranceSeconds: vector.tolerance,
    now: () => vector.now * 1000,
  });
  try {
    verifier.verify(Buffer.from(vector.bodyBase64, 'base64'), headerOf(vector));
    return 'ok';
  } catch (error) {
    return error instanceof SignatureVerificationError ? error.problem : `threw ${String(error)}`;
  }
}

describeConformance('signature vectors', ['signature-vectors.json'], () => {
  const { vectors } = readConformance('signature-vectors.json') as { vectors: readonly SignatureVector[] };

  it.each(vectors.map((vector) => [vector.name, vector] as const))('%s', (_name, vector) => {
    expect(outcomeOf(vector)).toBe(vector.expected);
  });
});
