import { Injectable } from '@nestjs/common';
import { OnStripeEvent, type StripeEventOf, type StripeHandlerContext } from 'nestjs-stripe-events';
import { Mailer, type Mail } from '../mail/mailer';

/**
 * Letters to users. A letter cannot be part of a transaction, so each carries the idempotency key of its run: when an
 * attempt fails after the provider had it, the next attempt does not send a second one.
 */
@Injectable()
export class MailHandlers {
  constructor(private readonly mailer: Mailer) {}

  @OnStripeEvent('customer.created', { id: 'welcome' })
  async onCustomer({ data }: StripeEventOf<'customer.created'>, context: StripeHandlerContext): Promise<void> {
    await this.send('welcome', data.object.email, context);
  }

  @OnStripeEvent('invoice.paid', { id: 'send-receipt' })
  async onPaid({ data }: StripeEventOf<'invoice.paid'>, context: StripeHandlerContext): Promise<void> {
    await this.send('receipt', data.object.customer_email, context);
  }

  @OnStripeEvent('invoice.payment_failed', { id: 'remind' })
  async onPaymentFailed(
    { data }: StripeEventOf<'invoice.payment_failed'>,
    context: StripeHandlerContext,
  ): Promise<void> {
    await this.send('payment-failed', data.object.customer_email, context);
  }

  private async send(
    template: Mail['template'],
    to: string | null | undefined,
    { idempotencyKey, signal }: StripeHandlerContext,
  ): Promise<void> {
    if (to) {
      await this.mailer.send({ template, to, idempotencyKey }, signal);
    }
  }
}
