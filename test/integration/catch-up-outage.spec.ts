import { describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import type Stripe from 'stripe';
import { EventEntity, OnStripeEvent, StripeCatchUpService } from 'nestjs-stripe-events';
import { buildEvent } from 'nestjs-stripe-events/testing';
import { databases } from '../support/databases';
import { startLedgerApp } from '../support/ledger-app';
import { platforms } from '../support/platforms';
import { withQuickCalls } from '../support/quick-calls';
import { API_KEY, startStripeApi } from '../support/stripe-api';
import { listedEvent } from '../support/stripe-events';
import { waitUntil } from '../support/wait-until';

const MISSED = 10_000;
/** It takes some ten seconds, and longer on a machine that is busy with other things. */
const PATIENCE_MS = 120_000;
const OUTAGE_SECONDS = 4 * 86_400;

@Injectable()
class Handlers {
  readonly calls = new Map<string, number>();

  @OnStripeEvent('*', { id: 'count' })
  count({ id }: Stripe.Event): void {
    this.calls.set(id, (this.calls.get(id) ?? 0) + 1);
  }
}

// One database: it takes long, and what differs between them is in catch-up.spec.ts.
describe.each(databases.filter(({ name }) => name === 'postgres (embedded)'))(
  'after an outage of four days, on $name',
  (database) => {
    it(
      'ten thousand missed events are stored and handled once each, while live traffic goes on',
      async () => {
        const api = await startStripeApi();
        const missed = Array.from({ length: MISSED }, (_, index) => listedEvent(index, OUTAGE_SECONDS - index * 30));
        api.account.events.generateEvents(MISSED, (index) => missed[index]!);
        const ledger = await startLedgerApp({
          database,
          platform: platforms[0]!,
          providers: [Handlers],
          stripe: {
            apiKey: API_KEY,
            clientOptions: { ...api.clientOptions, telemetry: false },
            storageTimeoutMs: 20_000,
            processing: { concurrency: 50, sweepMs: 50 },
          },
          override: (testing) => withQuickCalls(testing, { perSecond: 200, baseMs: 500 }),
        });
        try {
          const flow = { open: true };
          const live: string[] = [];
          const traffic = (async () => {
            while (flow.open) {
              const event = buildEvent();
              expect((await ledger.deliver(event)).status).toBe(200);
              live.push(String(event.id));
            }
          })();
          const catchUp = ledger.app.get(StripeCatchUpService).run({ since: new Date(Date.now() - 5 * 86_400_000) });
          // Stripe is still retrying some of what the catch-up brings.
          for (let index = 0; index < MISSED; index += 100) {
            expect((await ledger.deliver(missed[index])).status).toBe(200);
          }
          const result = await catchUp;
          flow.open = false;
          await traffic;

          expect(result).toMatchObject({ found: MISSED, failed: 0, outOfReachBefore: null });
          expect(result.added + result.known).toBe(MISSED);
          expect(live.length).toBeGreaterThan(0);
          const { calls } = ledger.app.get(Handlers);
          const rows = ledger.dataSource.getRepository(EventEntity);
          await waitUntil('all are handled', () => calls.size === MISSED + live.length, PATIENCE_MS);
          const settled = async (): Promise<boolean> => (await rows.countBy({ status: 'succeeded' })) === calls.size;
          await waitUntil('all are settled', settled, PATIENCE_MS);
          expect([...calls.values()].every((count) => count === 1)).toBe(true);
          expect(missed.every(({ id }) => calls.has(String(id)))).toBe(true);
          expect(await rows.count()).toBe(MISSED + live.length);
        } finally {
          await ledger.close();
          await api.close();
        }
      },
      2 * PATIENCE_MS,
    );
  },
);
