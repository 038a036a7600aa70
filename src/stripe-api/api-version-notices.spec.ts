import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import Stripe from 'stripe';
import { ApiVersionNotices } from './api-version-notices';
import { StripeClients, type StripeClientSource } from './stripe-clients';

const OLDEST_SDK = 'stripe20' as string;
const OLD = '2020-08-27';

let said: string[];

beforeEach(() => {
  said = [];
  jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void said.push(String(line)));
});
afterEach(() => {
  jest.restoreAllMocks();
});

function noticesOf(source: StripeClientSource = {}): ApiVersionNotices {
  return new ApiVersionNotices(new StripeClients(new Map([['default', source], ['eu', source]]))); // prettier-ignore
}

describe('ApiVersionNotices', () => {
  it('say at start that an account expects another version than the SDK speaks, and nothing more of it', () => {
    const notices = noticesOf();
    notices.pinned('default', OLD);
    notices.arrived('default', OLD);

    expect(said).toEqual([
      `Events of this account are expected in API version ${OLD}, and the Stripe SDK speaks ${Stripe.API_VERSION}: ` +
        'handlers may find fields that are not as its types say.',
    ]);
  });

  it('say once for each account and version that events come in another one', () => {
    const notices = noticesOf();
    for (const endpoint of ['default', 'eu', 'eu', 'default']) {
      notices.arrived(endpoint, OLD);
    }
    notices.arrived('eu', '2019-12-03');

    expect(said.map((line) => line.split(',')[0])).toEqual([
      `An event of this account came in API version ${OLD}`,
      `An event of the account "eu" came in API version ${OLD}`,
      'An event of the account "eu" came in API version 2019-12-03',
    ]);
  });

  it('say nothing of versions of the SDK’s own release, and of events without one', () => {
    const notices = noticesOf();
    notices.pinned('eu', Stripe.API_VERSION);
    notices.arrived('eu', `2026-01-01.${Stripe.MAJOR_API_VERSION}`);
    notices.arrived('eu', null);

    expect(said).toEqual([]);
  });

  it('have an end, however many versions come', () => {
    const notices = noticesOf();
    for (let day = 10; day < 99; day++) {
      notices.arrived('eu', `2016-01-${day}`);
    }

    expect(said).toHaveLength(20);
  });

  it.each<[string, () => StripeClientSource | Promise<StripeClientSource>, string]>([
    ['the options of the client', () => ({ clientOptions: { apiVersion: OLD as never } }), OLD],
    ['a client of one’s own', () => ({ client: new Stripe('sk_test_1', { apiVersion: OLD as never }) }), OLD],
    [
      'a client of an older SDK',
      async () => {
        const { Stripe: Stripe20 } = (await import(OLDEST_SDK)) as { Stripe: typeof Stripe };
        return { client: new Stripe20('sk_test_1') };
      },
      '2026-02-25.clover',
    ],
    ['the SDK, where a function makes them', () => ({ client: () => new Stripe('sk_test_1') }), Stripe.API_VERSION],
  ])('take the version from %s', async (_where, source, version) => {
    const notices = noticesOf(await source());
    notices.arrived('eu', version);
    expect(said).toEqual([]);

    notices.arrived('eu', '2012-02-23');
    expect(said).toEqual([expect.stringContaining(`the Stripe SDK speaks ${version}:`)]);
  });
});
