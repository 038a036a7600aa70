import { appendFileSync } from 'node:fs';
import { Inject, Injectable } from '@nestjs/common';
import { OnStripeEvent, type StripeEventOf, type StripeHandlerContext } from 'nestjs-stripe-events';
import type { AppSettings, Effect, HandlerName } from './protocol';
import { stops } from './stops';

/** Under which the application's settings are provided. */
export const APP_SETTINGS = Symbol('AppSettings');

type AnyEvent = Pick<StripeEventOf<'*'>, 'id'>;

/** Handlers whose effects a test can count: plain ones have theirs outside the database, transactional ones in a table. */
@Injectable()
export class Handlers {
  constructor(@Inject(APP_SETTINGS) private readonly settings: AppSettings) {}

  @OnStripeEvent('charge.succeeded', { id: 'plain' })
  plain(event: AnyEvent, context: StripeHandlerContext): Promise<void> {
    return this.outside('plain', event, context);
  }

  @OnStripeEvent('refund.created', { id: 'first' })
  first(event: AnyEvent, context: StripeHandlerContext): Promise<void> {
    return this.outside('first', event, context);
  }

  @OnStripeEvent('refund.created', { id: 'second' })
  second(event: AnyEvent, context: StripeHandlerContext): Promise<void> {
    return this.outside('second', event, context);
  }

  @OnStripeEvent('payout.paid', { id: 'transactional', transactional: true })
  transactional(event: AnyEvent, context: StripeHandlerContext): Promise<void> {
    return this.inTable('transactional', event, context);
  }

  @OnStripeEvent('invoice.paid', { id: 'mail' })
  mail(event: AnyEvent, context: StripeHandlerContext): Promise<void> {
    return this.outside('mail', event, context);
  }

  @OnStripeEvent('invoice.paid', { id: 'booking', transactional: true })
  booking(event: AnyEvent, context: StripeHandlerContext): Promise<void> {
    return this.inTable('booking', event, context);
  }

  @OnStripeEvent('charge.dispute.created', { id: 'deadly' })
  deadly(): void {
    process.abort();
  }

  private async outside(
    handler: HandlerName,
    { id }: AnyEvent,
    { idempotencyKey }: StripeHandlerContext,
  ): Promise<void> {
    await stops.reach(`${handler} begin`);
    const effect: Effect = { event: id, handler, idempotencyKey };
    appendFileSync(this.settings.journal, `${JSON.stringify(effect)}\n`);
    await stops.reach(`${handler} end`);
  }

  private async inTable(handler: HandlerName, { id }: AnyEvent, { manager }: StripeHandlerContext): Promise<void> {
    await stops.reach(`${handler} begin`);
    await manager.query(`INSERT INTO effect (event, handler) VALUES ('${id}', '${handler}')`);
    await stops.reach(`${handler} end`);
  }
}
