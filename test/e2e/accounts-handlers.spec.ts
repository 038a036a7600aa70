import { afterEach, describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import { OnStripeEvent } from 'nestjs-stripe-events';
import { buildEvent } from 'nestjs-stripe-events/testing';
import { memoryDatabase } from '../support/databases';
import { startLedgerApp, type LedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { EU_SECRET, twoAccounts, US_SECRET } from '../support/two-accounts';
import { waitUntil } from '../support/wait-until';

@Injectable()
class Taxes {
  readonly calls: string[] = [];

  @OnStripeEvent('invoice.paid', { id: 'eu-taxes', endpoint: 'eu' })
  europe({ id }: { id: string }): void {
    this.calls.push(`eu ${id}`);
  }

  @OnStripeEvent('invoice.paid', { id: 'all-taxes' })
  everywhere({ id }: { id: string }): void {
    this.calls.push(`all ${id}`);
  }
}

describe('a handler of one account', () => {
  let ledger: LedgerApp | undefined;

  afterEach(async () => {
    await ledger?.close();
    ledger = undefined;
  });

  it('is called for the events of that account, beside those of all accounts', async () => {
    ledger = await startLedgerApp({
      ...{ platform: platforms[0]!, database: memoryDatabase, providers: [Taxes] },
      stripe: { accounts: twoAccounts(), processing: { sweepMs: 20 } },
    });
    const { calls } = ledger.app.get(Taxes);
    for (const [id, secret] of [
      ['evt_eu', EU_SECRET],
      ['evt_us', US_SECRET],
    ] as const) {
      // prettier-ignore
      await ledger.deliver(buildEvent({ id }), undefined, secret);
    }
    await waitUntil('both are handled', async () => {
      const { data } = (await (await ledger!.admin('events?status=succeeded')).json()) as { data: unknown[] };
      return data.length === 2;
    });

    expect([...calls].sort()).toEqual(['all evt_eu', 'all evt_us', 'eu evt_eu']);
  });
});
