import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { describe, it } from '@jest/globals';

/** Where the conformance data is looked for. */
export const CONFORMANCE_DIR = resolve(process.cwd(), process.env.STRIPE_CONFORMANCE_DIR ?? '../shared/data');

/** Reads a JSON file of the conformance data. */
export function readConformance(file: string): unknown {
  return JSON.parse(readConformanceBytes(file).toString('utf8'));
}

/** The bytes of a file of the conformance data. */
export function readConformanceBytes(file: string): Buffer {
  return readFileSync(resolve(CONFORMANCE_DIR, file));
}

/** A `describe` that is skipped, with a printed line, where a file it needs is not there. */
export function describeConformance(title: string, files: readonly string[], body: () => void): void {
  const missing = files.find((file) => !existsSync(resolve(CONFORMANCE_DIR, file)));
  if (missing === undefined) {
    describe(title, body);
    return;
  }
  process.stderr.write(`Skipped: "${title}", since ${resolve(CONFORMANCE_DIR, missing)} is not there.\n`);
  describe.skip(title, () => {
    it('needs the conformance data', () => undefined);
  });
}
