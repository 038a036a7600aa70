import { Injectable } from '@nestjs/common';
import { OnStripeEvent, type StripeAccountOptions, type StripeHandlerContext } from 'nestjs-stripe-events';

export const EU_SECRET = 'whsec_made_up_for_eu';
export const US_SECRET = 'whsec_made_up_for_us';

/** Two accounts, and what tests say of them beside their secrets. */
export function twoAccounts(
  eu: StripeAccountOptions = {},
  us: StripeAccountOptions = {},
): { eu: StripeAccountOptions; us: StripeAccountOptions } {
  return { eu: { webhookSecret: EU_SECRET, ...eu }, us: { webhookSecret: US_SECRET, ...us } };
}

/** What a call of the {@link Noter} was. */
export interface NotedCall {
  readonly endpoint: string;
  readonly stripeId: string;
  readonly account: string | null;
  readonly idempotencyKey: string;
}

/** A handler that writes down which events it is called for. */
@Injectable()
export class Noter {
  readonly calls: NotedCall[] = [];

  @OnStripeEvent('*', { id: 'noter' })
  note(_event: unknown, { record, idempotencyKey }: StripeHandlerContext): void {
    const { endpoint, stripeId, account } = record;
    this.calls.push({ endpoint, stripeId, account, idempotencyKey });
  }

  /** The accounts that it was called for an event of this id with, each as often as it was. */
  endpointsOf(stripeId: string): string[] {
    return this.calls.flatMap((call) => (call.stripeId === stripeId ? [call.endpoint] : [])).sort();
  }
}
