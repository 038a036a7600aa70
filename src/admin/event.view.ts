import {
  EVENT_SOURCES,
  EVENT_STATUSES,
  type EventEntity,
  type EventSource,
  type EventStatus,
  type HandlerRunEntity,
  type IgnoredReason,
  type Page,
} from '../events';
import { moment } from './moment';
import { nestedWithin } from './nesting';
import type { PayloadMask } from './payload-mask';
import { ApiField, ApiSchema, type FieldDoc } from './openapi';
import { HandlerCallView, handlerCalls } from './handler-call.view';
import { RunView, runView } from './run.view';

const TEXT: FieldDoc = { type: 'string' };
const OPTIONAL: FieldDoc = { type: 'string', nullable: true };
const OPTIONAL_MOMENT: FieldDoc = { type: 'string', format: 'date-time', nullable: true };

/** Deeper than any event of Stripe's, and far from what a serialiser's stack cannot hold. */
const DEEPEST_MESSAGE = 200;

/** An event as the administration shows it. */
@ApiSchema('StripeEventView')
export class EventView {
  @ApiField(TEXT)
  stripeId!: string;

  @ApiField({ type: 'string', description: 'The account, by its name in the application.' })
  endpoint!: string;

  @ApiField({ ...TEXT, example: 'invoice.paid' })
  kind!: string;

  @ApiField({ ...TEXT, enum: EVENT_STATUSES })
  status!: EventStatus;

  @ApiField({ ...OPTIONAL, enum: ['no-handler', 'livemode', 'twin', 'api-version', 'discarded', 'filtered'] })
  ignoredReason!: IgnoredReason | null;

  @ApiField({ type: 'boolean' })
  livemode!: boolean;

  @ApiField(OPTIONAL)
  apiVersion!: string | null;

  @ApiField(OPTIONAL)
  account!: string | null;

  @ApiField({ ...OPTIONAL, description: 'Stripe’s id of the customer.' })
  customer!: string | null;

  @ApiField(OPTIONAL)
  objectId!: string | null;

  @ApiField(OPTIONAL)
  objectType!: string | null;

  @ApiField({ ...OPTIONAL_MOMENT, description: 'When Stripe made the event.' })
  createdAt!: string | null;

  @ApiField({ ...OPTIONAL_MOMENT, nullable: false })
  receivedAt!: string | null;

  @ApiField(OPTIONAL_MOMENT)
  processedAt!: string | null;

  @ApiField({ type: 'integer' })
  attempts!: number;

  @ApiField(OPTIONAL_MOMENT)
  nextAttemptAt!: string | null;

  @ApiField(OPTIONAL)
  lastError!: string | null;

  @ApiField({ ...TEXT, enum: EVENT_SOURCES })
  source!: EventSource;
}

/** One event with all that is known of it. */
@ApiSchema('StripeEventDetailView')
export class EventDetailView extends EventView {
  @ApiField({ type: 'object', description: 'The body; its text where it is not JSON, or nested beyond 200 levels.' })
  message!: unknown;

  @ApiField({ type: 'object', nullable: true, description: 'The API request that caused it: { id, idempotency_key }.' })
  request!: EventEntity['request'];

  @ApiField({ type: 'integer' })
  pendingWebhooks!: number;

  @ApiField({ type: () => RunView, isArray: true })
  runs!: RunView[];

  @ApiField({ type: 'integer', description: 'How often it was replayed with all of its handlers.' })
  replays!: number;

  @ApiField({ type: () => HandlerCallView, isArray: true, description: 'Every call that is kept, oldest first.' })
  history!: HandlerCallView[];
}

/** A page of events. */
@ApiSchema('StripeEventPage')
export class EventPageView {
  @ApiField({ type: () => EventView, isArray: true })
  data!: EventView[];

  @ApiField({ ...OPTIONAL, description: 'Where the next page goes on.' })
  nextCursor!: string | null;
}

/** What is shown of an event in a list. */
export function eventView(event: EventEntity): Readonly<EventView> {
  return {
    stripeId: event.stripeId,
    endpoint: event.endpoint,
    kind: event.kind,
    status: event.status,
    ignoredReason: event.ignoredReason,
    livemode: event.livemode,
    apiVersion: event.apiVersion,
    account: event.account,
    customer: event.stripeCustomerId,
    objectId: event.objectId,
    objectType: event.objectType,
    createdAt: moment(event.createdAt),
    receivedAt: moment(event.receivedAt),
    processedAt: moment(event.processedAt),
    attempts: event.attempts,
    nextAttemptAt: moment(event.nextAttemptAt),
    lastError: event.lastError,
    source: event.source,
  };
}

/** What is shown of an event by itself; its body must be attached, and the runs may be of any of its replays. */
export function eventDetailView(
  event: EventEntity,
  runs: readonly HandlerRunEntity[],
  mask: PayloadMask,
): EventDetailView {
  return {
    ...eventView(event),
    message: mask.apply(messageOf(event)),
    request: event.request,
    pendingWebhooks: event.pendingWebhooks,
    runs: runs.filter(({ replayNo }) => replayNo === event.replayNo).map(runView),
    replays: event.replayNo,
    history: handlerCalls(runs),
  };
}

/** What is shown of a page. */
export function eventPageView({ data, nextCursor }: Page<EventEntity>): EventPageView {
  return { data: data.map(eventView), nextCursor };
}

function messageOf({ message, rawMessage }: EventEntity): unknown {
  return nestedWithin(message, DEEPEST_MESSAGE) ? (message ?? null) : (rawMessage ?? null);
}
