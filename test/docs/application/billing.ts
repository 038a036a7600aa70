import { Injectable } from '@nestjs/common';
import { OnStripeEvent, type StripeEventOf, type StripeHandlerContext } from 'nestjs-stripe-events';
import { Payment } from './payment.entity';

@Injectable()
export class Billing {
  // Runs until it succeeds. The payment and the record that it was handled commit together.
  @OnStripeEvent('invoice.paid', { id: 'keep-payment', transactional: true })
  async onPaid({ data }: StripeEventOf<'invoice.paid'>, { manager }: StripeHandlerContext): Promise<void> {
    await manager.insert(Payment, { invoiceId: data.object.id, amount: data.object.amount_paid });
  }
}
