import { createHmac } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import Stripe from 'stripe';

import { SignatureVerificationError } from '../errors';
import { SignatureVerifier, type SignatureVerifierOptions, type VerifiedDelivery } from './signature-verifier';

const NOW = 1_785_312_000;
const SECRET = 'whsec_first';
const OTHER_SECRET = 'whsec_other';
const BODY = Buffer.from('{ "id": "evt_1",\r\n "name": "Zoë 😀" }\n');

const SECRETS = [
  { secret: SECRET, endpoint: 'default' },
  { secret: OTHER_SECRET, endpoint: 'connect' },
];

function verifierOf(options: Partial<SignatureVerifierOptions> = {}): SignatureVerifier {
  return new SignatureVerifier({ secrets: SECRETS, toleranceSeconds: 300, now: () => NOW * 1000, ...options });
}

function sign(body: Uint8Array, secret = SECRET, timestamp: number | string = NOW): string {
  return createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');
}

function headerFor(body: Uint8Array, secret = SECRET, timestamp: number | string = NOW): string {
  return `t=${timestamp},v1=${sign(body, secret, timestamp)}`;
}

function outcome(attempt: () => VerifiedDelivery): string {
  try {
    attempt();
    return 'ok';
  } catch (error) {
    return error instanceof SignatureVerificationError ? error.problem : `threw ${String(error)}`;
  }
}

describe('SignatureVerifier', () => {
  it('says which secret signed, for which endpoint, and when', () => {
    const header = headerFor(BODY, OTHER_SECRET, NOW - 7);

    expect(verifierOf().verify(BODY, header)).toEqual({
      secretIndex: 1,
      endpoint: 'connect',
      timestamp: NOW - 7,
      ageSeconds: 7,
    });
  });

  it('names the first secret that verifies, whatever the order of the signatures', () => {
    const header = `t=${NOW},v1=${sign(BODY, OTHER_SECRET)},v1=${sign(BODY)}`;

    expect(verifierOf().verify(BODY, header)).toMatchObject({ secretIndex: 0, endpoint: 'default' });
  });

  it('lets only the secrets of an endpoint count where one is named', () => {
    const verifier = verifierOf();
    const verify = (secret: string, endpoint: string) => () =>
      verifier.verify(BODY, headerFor(BODY, secret), NOW * 1000, endpoint);

    expect(verify(OTHER_SECRET, 'connect')()).toMatchObject({ secretIndex: 1, endpoint: 'connect' });
    expect(outcome(verify(SECRET, 'connect'))).toBe('no_match');
    expect(outcome(verify(OTHER_SECRET, 'default'))).toBe('no_match');
    expect(outcome(verify(SECRET, 'nobody'))).toBe('no_secret');
  });

  it('keeps the index of a secret that follows a blank or a repeated one', () => {
    const secrets = [{ secret: ' \t', endpoint: 'blank' }, ...SECRETS, { secret: SECRET, endpoint: 'again' }];
    const verifier = verifierOf({ secrets });

    expect(verifier.verify(BODY, headerFor(BODY, OTHER_SECRET))).toMatchObject({ secretIndex: 2 });
    expect(verifier.verify(BODY, headerFor(BODY))).toMatchObject({ secretIndex: 1, endpoint: 'default' });
  });

  it.each([[[]], [['']], [[' ', '\n', '\u00a0']]])('has no secret in %j', (blank) => {
    const verifier = verifierOf({ secrets: blank.map((secret) => ({ secret, endpoint: 'default' })) });

    expect(outcome(() => verifier.verify(BODY, headerFor(BODY, ' ')))).toBe('no_secret');
  });

  it('refuses an empty body, even with the right signature', () => {
    const empty = Buffer.alloc(0);

    expect(outcome(() => verifierOf().verify(empty, headerFor(empty)))).toBe('no_payload');
    expect(outcome(() => verifierOf().verify(undefined as never, headerFor(empty)))).toBe('no_payload');
    expect(outcome(() => verifierOf().verify('text' as never, headerFor(empty)))).toBe('no_payload');
  });

  it('verifies the bytes of a view, not of the memory around it', () => {
    const around = new Uint8Array([1, ...BODY, 2]);

    expect(verifierOf().verify(around.subarray(1, -1), headerFor(BODY)).secretIndex).toBe(0);
  });

  it('takes neither upper-case digits nor characters whose low byte is the right digit', () => {
    const signature = sign(BODY);
    const disguised = signature.replace(/./g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0x100));

    expect(outcome(() => verifierOf().verify(BODY, `t=${NOW},v1=${signature.toUpperCase()}`))).toBe('no_match');
    expect(outcome(() => verifierOf().verify(BODY, `t=${NOW},v1=${disguised}`))).toBe('no_match');
  });

  it('signs the time as it was sent', () => {
    expect(outcome(() => verifierOf().verify(BODY, headerFor(BODY, SECRET, `0${NOW}`)))).toBe('ok');
    expect(outcome(() => verifierOf().verify(BODY, `t=0${NOW},v1=${sign(BODY)}`))).toBe('no_match');
  });

  it.each([
    [0, 'ok'],
    [300, 'ok'],
    [301, 'too_old'],
    [1e9, 'too_old'],
    [-300, 'ok'],
    [-301, 'in_future'],
    [-1e12, 'in_future'],
  ])('judges an age of %d s as %s', (age, expected) => {
    expect(outcome(() => verifierOf().verify(BODY, headerFor(BODY, SECRET, NOW - age)))).toBe(expected);
  });

  it('looks at the age only when the signature is right', () => {
    expect(outcome(() => verifierOf().verify(BODY, headerFor(BODY, 'whsec_wrong', 1)))).toBe('no_match');
  });

  it('counts from the time of receiving when it is given', () => {
    const verifier = verifierOf({ toleranceSeconds: 0 });
    const header = headerFor(BODY, SECRET, NOW - 1000);

    expect(verifier.verify(BODY, header, (NOW - 1000) * 1000 + 999).ageSeconds).toBe(0);
    expect(outcome(() => verifier.verify(BODY, header, (NOW - 1000) * 1000 + 1000))).toBe('too_old');
  });

  it.each([NaN, -1, -Infinity])('refuses everything with a tolerance of %d', (toleranceSeconds) => {
    const verifier = verifierOf({ toleranceSeconds });

    expect(outcome(() => verifier.verify(BODY, headerFor(BODY)))).not.toBe('ok');
    expect(outcome(() => verifier.verify(BODY, headerFor(BODY, SECRET, NOW + 1)))).not.toBe('ok');
  });

  it('refuses everything received at a time that is not a number', () => {
    expect(outcome(() => verifierOf().verify(BODY, headerFor(BODY), NaN))).toBe('too_old');
  });

  it('shows no secret when it is printed', () => {
    expect(JSON.stringify(verifierOf())).not.toContain(SECRET);
  });

  it('finds the right signature among wrong ones, and no right one in a changed body', () => {
    const wrong = fc.array(
      fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f]{64}$/)).filter((text) => !text.includes(',')),
      {
        maxLength: 15,
      },
    );
    const body = fc.uint8Array({ minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(body, wrong, fc.nat(), fc.nat(7), (bytes, others, at, bit) => {
        const items = [...others, sign(bytes)].map((value) => `v1=${value}`);
        const header = [`t=${NOW}`, ...items].join(',');
        expect(verifierOf().verify(bytes, header).secretIndex).toBe(0);

        const changed = Uint8Array.from(bytes, (byte, index) =>
          index === at % bytes.length ? byte ^ (1 << bit) : byte,
        );
        expect(outcome(() => verifierOf().verify(changed, header))).toBe('no_match');
      }),
    );
  });

  it('throws nothing but SignatureVerificationError, whatever the header', () => {
    const piece = fc.constantFrom(
      't=',
      'v1=',
      'v1',
      ',',
      '=',
      String(NOW),
      sign(BODY),
      'é'.repeat(32),
      '\ud83d'.repeat(64),
    );
    const header = fc.oneof(
      fc.array(piece).map((pieces) => pieces.join('')),
      fc.string({ unit: 'binary' }),
      fc.anything(),
    );
    fc.assert(
      fc.property(header, (value) => {
        expect(outcome(() => verifierOf().verify(BODY, value as string))).not.toContain('threw');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('SignatureVerifier beside stripe-node', () => {
  const { webhooks } = Stripe;
  const secretText = fc.string({ minLength: 1, unit: 'grapheme' }).filter((secret) => secret.trim() !== '');

  it('verifies every header that stripe-node makes', () => {
    const payloadText = fc.string({ minLength: 1, unit: 'grapheme', size: 'medium' });
    fc.assert(
      fc.property(payloadText, secretText, fc.integer({ min: -300, max: 300 }), (payload, secret, offset) => {
        const verifier = verifierOf({ secrets: [{ secret, endpoint: 'default' }] });
        const header = webhooks.generateTestHeaderString({ payload, secret, timestamp: NOW + offset });

        expect(verifier.verify(Buffer.from(payload), header).ageSeconds).toBe(0 - offset);
      }),
    );
  });

  // Not counted: headers stripe-node fails on with an error of another kind (an empty v1).
  function refusedByStripe(header: string): boolean {
    try {
      webhooks.constructEvent(BODY, header, SECRET, 300, undefined, NOW * 1000);
      return false;
    } catch (error) {
      return error instanceof Stripe.errors.StripeSignatureVerificationError;
    }
  }

  it('takes no header that stripe-node refuses', () => {
    const right = sign(BODY);
    const pieces = ['t=', 'v1=', 'v0=', ',', '=', ' ', String(NOW), `0${NOW}`, right, right.toUpperCase()];
    const items = [`t=${NOW}`, `v1=${right}`, `v1=${'0'.repeat(64)}`, ''];
    const header = fc
      .tuple(fc.array(fc.constantFrom(...pieces, ...items, ...items), { maxLength: 8 }), fc.constantFrom(',', ''))
      .map(([parts, separator]) => parts.join(separator));
    fc.assert(
      fc.property(header, (value) => {
        const verdict = outcome(() => verifierOf().verify(BODY, value));
        expect([value, verdict === 'ok' && refusedByStripe(value)]).toEqual([value, false]);
      }),
      { numRuns: 2000 },
    );
  });
});
