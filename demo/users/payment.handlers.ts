import { Injectable } from '@nestjs/common';
import { OnStripeEvent, type StripeEventOf, type StripeHandlerContext } from 'nestjs-stripe-events';
import { PaidTotal } from './user.entity';

/** Adds up what users have paid. */
@Injectable()
export class PaymentHandlers {
  /**
   * The sum and the record that it was added commit together, so no retry adds it twice; and the database adds, so that
   * two invoices at the same moment both count.
   */
  @OnStripeEvent('invoice.paid', { id: 'count-payment', transactional: true })
  async onPaid(event: StripeEventOf<'invoice.paid'>, { manager, customer }: StripeHandlerContext): Promise<void> {
    const { amount_paid: amount, currency } = event.data.object;
    if (customer === null || !currency || !(amount > 0)) {
      return;
    }
    const key = { stripeCustomerId: customer.stripeId, currency };
    await manager.upsert(PaidTotal, key, ['stripeCustomerId', 'currency']);
    await manager.increment(PaidTotal, key, 'total', amount);
  }
}
