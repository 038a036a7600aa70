import { Injectable } from '@nestjs/common';
import { OnStripeEvent, type StripeEventOf, type StripeHandlerContext } from 'nestjs-stripe-events';
import { LessThanOrEqual } from 'typeorm';
import { Plans } from './plans';
import { User } from './user.entity';

/**
 * Subscriptions give access, and take it.
 *
 * Transactional: what they write and the record that they ran are there together, or not at all.
 */
@Injectable()
export class AccessHandlers {
  constructor(private readonly plans: Plans) {}

  @OnStripeEvent(['customer.subscription.created', 'customer.subscription.updated'], {
    id: 'grant-access',
    transactional: true,
  })
  async onSubscription(
    event: StripeEventOf<'customer.subscription.created' | 'customer.subscription.updated'>,
    context: StripeHandlerContext,
  ): Promise<void> {
    await setAccess(context, this.plans.accessOf(event.data.object), event.created);
  }

  @OnStripeEvent('customer.subscription.deleted', { id: 'revoke-access', transactional: true })
  async onSubscriptionEnd(
    event: StripeEventOf<'customer.subscription.deleted'>,
    context: StripeHandlerContext,
  ): Promise<void> {
    await setAccess(context, 'none', event.created);
  }
}

/** Events come in any order, so an older one changes nothing. Where seconds are too coarse, ask `fetchLatest()`. */
async function setAccess({ manager, customer }: StripeHandlerContext, access: string, asOf: number): Promise<void> {
  if (customer === null) {
    return;
  }
  const { stripeId: stripeCustomerId } = customer;
  await manager.upsert(User, { stripeCustomerId }, ['stripeCustomerId']);
  await manager.update(User, { stripeCustomerId, accessAsOf: LessThanOrEqual(asOf) }, { access, accessAsOf: asOf });
}
