// What a user of the packed package writes; it is only compiled.
import { Injectable, Module } from '@nestjs/common';
import {
  OnStripeEvent,
  STRIPE_MIGRATIONS,
  StripeEventActionService,
  StripeModule,
  type EventEntity,
  type StripeEventOf,
  type StripeHandlerContext,
} from 'nestjs-stripe-events';
import { buildEvent, signedDelivery } from 'nestjs-stripe-events/testing';

@Injectable()
export class Billing {
  constructor(private readonly events: StripeEventActionService) {}

  @OnStripeEvent('invoice.paid', { id: 'count', transactional: true })
  async onPaid(event: StripeEventOf<'invoice.paid'>, context: StripeHandlerContext): Promise<number> {
    const stored: EventEntity | null = await this.events.find(event.id);
    await context.manager.query('SELECT 1');
    return stored === null ? 0 : event.data.object.amount_paid;
  }

  // @ts-expect-error a method that takes another event than the one it is called with
  @OnStripeEvent('customer.created')
  onCustomer(event: StripeEventOf<'invoice.paid'>): string {
    return event.id;
  }
}

@Module({
  imports: [StripeModule.forRoot({ webhookSecret: 'whsec_x', processing: { maxAttempts: 3 } })],
  providers: [Billing],
})
export class AppModule {}

export const migrations = STRIPE_MIGRATIONS;
export const delivery = signedDelivery(buildEvent({ type: 'invoice.paid' }), 'whsec_x');
