import { Injectable, Logger } from '@nestjs/common';
import { OnStripeEvent, type StripeEventOf, type StripeHandlerContext } from 'nestjs-stripe-events';
import type { EntityManager } from 'typeorm';
import { User } from './user.entity';

/** What the demo does when Stripe says something: it grants access, and counts what was paid. */
@Injectable()
export class BillingHandlers {
  private readonly logger = new Logger('Billing');

  /** By now the module's own customer is filled in, also where it was known by its id alone. */
  @OnStripeEvent('customer.created', { id: 'welcome' })
  onCustomer(_event: StripeEventOf<'customer.created'>, { customer }: StripeHandlerContext): void {
    this.logger.log(
      `Welcome, ${customer?.placeholder === false ? 'customer' : 'stranger'} ${customer?.stripeId ?? ''}`,
    );
  }

  @OnStripeEvent(['customer.subscription.created', 'customer.subscription.updated'], {
    id: 'grant-access',
    transactional: true,
  })
  async onSubscription(
    event: StripeEventOf<'customer.subscription.created' | 'customer.subscription.updated'>,
    { manager, customer }: StripeHandlerContext,
  ): Promise<void> {
    const user = await userOf(manager, customer?.stripeId);
    user.access = ['active', 'trialing'].includes(event.data.object.status) ? 'full' : 'suspended';
    await manager.save(user);
  }

  @OnStripeEvent('customer.subscription.deleted', { id: 'revoke-access', transactional: true })
  async onSubscriptionEnd(
    _event: StripeEventOf<'customer.subscription.deleted'>,
    { manager, customer }: StripeHandlerContext,
  ): Promise<void> {
    const user = await userOf(manager, customer?.stripeId);
    user.access = 'none';
    await manager.save(user);
  }

  /** The sum and the record that it was added are one transaction: no retry adds it twice. */
  @OnStripeEvent('invoice.paid', { id: 'count-payment', transactional: true })
  async onPaid(event: StripeEventOf<'invoice.paid'>, { manager, customer }: StripeHandlerContext): Promise<void> {
    const user = await userOf(manager, customer?.stripeId);
    user.paidTotal += event.data.object.amount_paid;
    await manager.save(user);
  }

  /** Fails twice, as if the mail service were down, so that the demo has something to retry. */
  @OnStripeEvent('invoice.payment_failed', { id: 'remind-by-mail' })
  onPaymentFailed(_event: StripeEventOf<'invoice.payment_failed'>, { attempt, record }: StripeHandlerContext): void {
    if (attempt < 3) {
      throw new Error('The mail service is not available.');
    }
    this.logger.log(`Reminder sent for ${record.stripeId} at attempt ${attempt}.`);
  }
}

async function userOf(manager: EntityManager, stripeCustomerId: string | undefined): Promise<User> {
  if (stripeCustomerId === undefined) {
    throw new Error('The event names no customer.');
  }
  const known = await manager.findOneBy(User, { stripeCustomerId });
  return known ?? manager.create(User, { stripeCustomerId, access: 'none', paidTotal: 0 });
}
