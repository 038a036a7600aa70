import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventEntity, InvalidOptionsError, SignatureVerificationError } from 'nestjs-stripe-events';
import { Clock } from '../../src/common';
import { settingsOf } from '../../src/stripe.settings';
import { SignatureVerifier } from '../../src/webhook';
import { describeConformance, readConformance } from '../support/conformance';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { rawPost } from '../support/raw-http';
import { targets, type Target } from './targets';

interface Configured {
  readonly secrets: readonly string[];
  readonly tolerance: number;
  readonly now: number;
}

interface SignatureVector extends Configured {
  readonly name: string;
  readonly bodyBase64: string;
  readonly header: string | readonly string[] | null;
  readonly expected: string;
}

const REFUSAL = {
  statusCode: 400,
  code: 'STRIPE_EVENTS_SIGNATURE_INVALID',
  message: new SignatureVerificationError('no_match').message,
};

// Latin-1 without control characters, and without blanks at the ends: HTTP takes those away.
const SENDABLE = /^(?![ \t])[\t\x20-\x7e\x80-\xff]*(?<![ \t])$/;

function linesOf({ header }: SignatureVector): readonly string[] {
  return header === null ? [] : [header].flat();
}

function configurationOf({ secrets, tolerance, now }: Configured): Configured {
  return { secrets, tolerance, now };
}

/** An application of this configuration, at this moment; with a blank secret, which it does not start with, put in. */
function start({ database, platform }: Target, { secrets, tolerance, now }: Configured): Promise<LedgerApp> {
  const named = secrets.map((secret) => ({ secret, endpoint: 'default' }));
  const verifier = new SignatureVerifier({ secrets: named, toleranceSeconds: tolerance });
  return startLedgerApp({
    database,
    platform,
    stripe: {
      ...{ webhookSecret: secrets.filter((secret) => secret !== ''), toleranceSeconds: tolerance },
      ...{ processing: false, storageTimeoutMs: 20_000 },
    },
    override: (testing) => {
      const timed = testing.overrideProvider(Clock).useValue({ now: () => now * 1000 });
      return secrets.includes('') ? timed.overrideProvider(SignatureVerifier).useValue(verifier) : timed;
    },
  });
}

describeConformance('signature vectors, delivered', ['signature-vectors.json'], () => {
  const { vectors: all } = readConformance('signature-vectors.json') as { vectors: readonly SignatureVector[] };
  const vectors = all.filter((vector) => linesOf(vector).every((line) => SENDABLE.test(line)));
  const unsendable = all.filter((vector) => !vectors.includes(vector)).map(({ name }) => name);
  process.stderr.write(
    `${unsendable.length} of ${all.length} signature vectors are no HTTP header: ${unsendable.join('; ')}.\n`,
  );
  const configurations = [...new Set(vectors.map((vector) => JSON.stringify(configurationOf(vector))))];

  describe.each(targets)('to $name', (target) => {
    describe.each(configurations)('with %s', (configuration) => {
      const mine = vectors.filter((vector) => JSON.stringify(configurationOf(vector)) === configuration);
      let ledger: LedgerApp;

      beforeAll(async () => {
        ledger = await start(target, JSON.parse(configuration) as Configured);
      });
      afterAll(() => ledger.close());

      it.each(mine.map((vector) => [vector.name, vector] as const))('%s', async (_name, vector) => {
        const port = Number(new URL(ledger.baseUrl).port);
        const headers = linesOf(vector).map((line) => ['Stripe-Signature', line] as const);
        const before = await ledger.dataSource.getRepository(EventEntity).count();

        const answer = await rawPost(port, '/stripe/webhook', headers, Buffer.from(vector.bodyBase64, 'base64'));

        if (vector.expected === 'ok') {
          expect(answer.status).toBe(200);
          expect(JSON.parse(answer.body)).toMatchObject({ received: true });
        } else {
          expect([answer.status, JSON.parse(answer.body)]).toEqual([400, REFUSAL]);
          expect(await ledger.dataSource.getRepository(EventEntity).count()).toBe(before);
        }
      });
    });
  });

  it('with a blank secret the module does not start', () => {
    expect(() => settingsOf({ webhookSecret: ['', 'whsec_x'] }, {})).toThrow(InvalidOptionsError);
  });
});
