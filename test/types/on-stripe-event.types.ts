import type { Stripe } from 'stripe';
import {
  OnStripeEvent,
  type StripeEventOf,
  type StripeEventPattern,
  type StripeEventType,
  type StripeFetchedEventOf,
  type StripeHandlerContext,
  type StripeRelatedObjectOf,
  type StripeThinEvent,
  type StripeThinEventType,
} from '../../src/handlers';

// Checked by the compiler, never run: each `@ts-expect-error` is a mistake that has to be refused.

type Assert<Fact extends true> = Fact;
type Equal<A, B> = [A, B] extends [B, A] ? true : false;
type AnyEvent = ReturnType<Stripe['webhooks']['constructEvent']>;
type Invoice = StripeEventOf<'invoice.paid'>['data']['object'];

export class Accepted {
  @OnStripeEvent('invoice.paid')
  async onPaid(event: StripeEventOf<'invoice.paid'>, context: StripeHandlerContext): Promise<void> {
    const { customer, attempt, signal, idempotencyKey, stripe, manager, record } = context;
    const amount: number = event.data.object.amount_paid;
    await stripe.refunds.create({ amount }, { idempotencyKey });
    await manager.query(`${customer?.stripeId} ${record.stripeId} ${attempt} ${signal.aborted}`);
    const latest: Invoice | null = await context.fetchLatest<Invoice>();
    await manager.query(String(latest?.id));
  }

  @OnStripeEvent('invoice.paid', { id: 'sync', transactional: true, maxAttempts: 3, timeoutMs: 1_000 })
  synchronous({ data }: StripeEventOf<'invoice.paid'>): string {
    return data.object.object;
  }

  @OnStripeEvent('invoice.paid', { endpoint: 'eu' })
  withoutParameters(): void {}

  @OnStripeEvent(['customer.subscription.created', 'customer.subscription.updated'], { id: 'access' })
  several(
    event: StripeEventOf<'customer.subscription.created' | 'customer.subscription.updated'>,
    { manager }: StripeHandlerContext,
  ): unknown {
    return event.type === 'customer.subscription.created' ? manager : event.data.previous_attributes?.status;
  }

  @OnStripeEvent('customer.*')
  below(event: StripeEventOf<'customer.*'>): string | null | undefined {
    return event.type === 'customer.updated' ? event.data.object.email : undefined;
  }

  @OnStripeEvent('customer.subscription.*')
  deeper(event: StripeEventOf<'customer.subscription.*'>): string {
    return event.data.object.status;
  }

  @OnStripeEvent('*')
  all(event: AnyEvent): string {
    return event.type;
  }

  @OnStripeEvent('*')
  alsoThin(event: StripeEventOf<'*'> | StripeThinEvent): unknown {
    return event.object === 'event' ? event.data : event.snapshot_event;
  }

  /** A parameter may promise less than the event holds. */
  @OnStripeEvent(['invoice.paid', 'charge.*'])
  wider(event: { id: string; type: string }): string {
    return event.id;
  }

  @OnStripeEvent('v1.billing.meter.no_meter_found')
  @OnStripeEvent('v2.core.account.closed')
  thin(
    event: StripeEventOf<'v1.billing.meter.no_meter_found'> | StripeEventOf<'v2.core.account.closed'>,
  ): 'v2.core.event' {
    return event.object;
  }

  @OnStripeEvent(['invoice.paid', 'v1.billing.meter.error_report_triggered'])
  async fetching(
    event: StripeEventOf<'invoice.paid' | 'v1.billing.meter.error_report_triggered'>,
    { fetchEvent, fetchRelatedObject }: StripeHandlerContext,
  ): Promise<number | string | undefined> {
    if (event.object === 'event') {
      return event.data.object.amount_paid;
    }
    const whole = await fetchEvent<StripeFetchedEventOf<typeof event.type>>();
    const meter = await fetchRelatedObject<StripeRelatedObjectOf<typeof event.type>>();
    return whole?.data.developer_message_summary ?? meter?.display_name ?? event.related_object.url;
  }

  @OnStripeEvent('v2.*')
  thinBelow(event: StripeEventOf<'v2.*'>): string {
    return event.created;
  }

  @OnStripeEvent('three_d_secure.future' as string as StripeEventType)
  newerThanTheSdk(event: AnyEvent): string {
    return event.id;
  }

  @OnStripeEvent('refund.created')
  protected hidden(event: StripeEventOf<'refund.created'>): string {
    return event.data.object.id;
  }
}

export class Refused {
  // @ts-expect-error no such event
  @OnStripeEvent('invoice.payed')
  wrongName(): void {}

  // @ts-expect-error no such event among several
  @OnStripeEvent(['invoice.paid', 'invoice.payed'])
  oneWrongName(): void {}

  // @ts-expect-error no event below that prefix
  @OnStripeEvent('customers.*')
  wrongPrefix(): void {}

  // @ts-expect-error an event is not a prefix
  @OnStripeEvent('customer.created.*')
  notAPrefix(): void {}

  // @ts-expect-error a prefix ends with its dot
  @OnStripeEvent('customer*')
  withoutDot(): void {}

  // @ts-expect-error only the end of a pattern is open
  @OnStripeEvent('*.created')
  openInFront(): void {}

  // @ts-expect-error the event of another name
  @OnStripeEvent('invoice.paid')
  wrongParameter(event: StripeEventOf<'charge.refunded'>): unknown {
    return event;
  }

  // @ts-expect-error nor in an async method
  @OnStripeEvent('invoice.paid')
  async wrongAsyncParameter(event: StripeEventOf<'charge.refunded'>): Promise<unknown> {
    return Promise.resolve(event);
  }

  // @ts-expect-error the parameter fits one of two
  @OnStripeEvent(['invoice.paid', 'charge.refunded'])
  halfTheParameter(event: StripeEventOf<'invoice.paid'>): unknown {
    return event;
  }

  // @ts-expect-error the parameter fits some of what the prefix stands for
  @OnStripeEvent('customer.*')
  tooNarrow(event: StripeEventOf<'customer.subscription.*'>): unknown {
    return event;
  }

  // @ts-expect-error a thin event carries no data
  @OnStripeEvent('v2.core.account.closed')
  notASnapshot(event: { data: object }): unknown {
    return event;
  }

  // @ts-expect-error not a context
  @OnStripeEvent('invoice.paid')
  wrongContext(_event: StripeEventOf<'invoice.paid'>, context: { request: Request }): unknown {
    return context;
  }

  // @ts-expect-error more parameters than there is to give
  @OnStripeEvent('invoice.paid')
  tooMany(_event: StripeEventOf<'invoice.paid'>, _context: StripeHandlerContext, more: string): unknown {
    return more;
  }

  // @ts-expect-error no such option
  @OnStripeEvent('invoice.paid', { retries: 3 })
  wrongOption(): void {}

  // @ts-expect-error milliseconds
  @OnStripeEvent('invoice.paid', { timeoutMs: '30s' })
  wrongOptionType(): void {}

  // @ts-expect-error not a method
  @OnStripeEvent('invoice.paid')
  readonly property = (): void => undefined;

  // @ts-expect-error not a method
  @OnStripeEvent('invoice.paid')
  get accessor(): number {
    return Date.now();
  }
}

export type Facts = [
  Assert<Equal<StripeEventOf<'invoice.paid'>['type'], 'invoice.paid'>>,
  Assert<Equal<StripeEventOf<'invoice.paid'>['data']['object']['object'], 'invoice'>>,
  Assert<Equal<StripeEventOf<'*'>, AnyEvent>>,
  Assert<Equal<StripeEventOf<'customer.tax_id.*'>['type'], `customer.tax_id.${'created' | 'deleted' | 'updated'}`>>,
  Assert<Equal<StripeEventOf<'plan.*' | 'charge.failed'>['type'], StripeEventOf<'plan.*'>['type'] | 'charge.failed'>>,
  Assert<Equal<StripeEventOf<'v2.core.account.closed'>['object'], 'v2.core.event'>>,
  Assert<Equal<StripeEventOf<'v2.*'>, Extract<StripeThinEvent, { type: `v2.${string}` }>>>,
  Assert<Equal<Extract<StripeEventType, StripeThinEventType>, never>>,
  Assert<
    Equal<
      Extract<StripeEventPattern, 'customer.subscription.*' | 'v1.*' | 'v2.core.*'>,
      'customer.subscription.*' | 'v1.*' | 'v2.core.*'
    >
  >,
  Assert<Equal<StripeRelatedObjectOf<'v1.billing.meter.error_report_triggered'>['object'], 'billing.meter'>>,
  Assert<Equal<StripeRelatedObjectOf<'v1.billing.meter.no_meter_found'>, never>>,
  Assert<Equal<StripeFetchedEventOf<'v2.core.account.closed'>['type'], 'v2.core.account.closed'>>,
  // @ts-expect-error the assertions themselves can fail
  Assert<Equal<StripeEventOf<'invoice.paid'>['type'], 'invoice.voided'>>,
];

// @ts-expect-error what is stored is plain data
export type Fetch = StripeEventOf<'v2.core.account.closed'>['fetchRelatedObject'];

// @ts-expect-error nor is what is fetched more than data
export type FetchOfFetched = StripeFetchedEventOf<'v2.core.account.closed'>['fetchRelatedObject'];

// @ts-expect-error no such event
export type Wrong = StripeEventOf<'invoice.payed'>;
