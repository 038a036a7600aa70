import type { EventReplayFilter, EventStatus } from '../../events';
import { ENDPOINT_RULE } from './endpoint.query';
import { FROM_RULE, KIND_RULE, STATUS_RULE, TO_RULE } from './event.fields';
import { countRule, OptionalField, textsRule } from './field';
import { ApiSchema } from '../openapi';

/** Most events of one request, so that it ends in time; the next request goes on. */
export const MOST_EVENTS = 10_000;

/** How many events are replayed or discarded where a request does not say: an empty one must not run the whole ledger again. */
export const DEFAULT_EVENTS = 1_000;

/** The body of `POST events/:stripeId/replay`. */
@ApiSchema('StripeReplayEvent')
export class ReplayEventBody {
  @OptionalField(
    textsRule('Ids of the handlers to run again; all where it is not given.', { most: 100, maxLength: 191 }),
  )
  handlers?: string[];

  @OptionalField(ENDPOINT_RULE)
  endpoint?: string;
}

/** The body of `POST events/replay`. */
@ApiSchema('StripeReplayEvents')
export class ReplayEventsBody implements EventReplayFilter {
  @OptionalField(STATUS_RULE)
  status?: EventStatus;

  @OptionalField(KIND_RULE)
  kind?: string;

  @OptionalField(ENDPOINT_RULE)
  endpoint?: string;

  @OptionalField(FROM_RULE)
  from?: Date;

  @OptionalField(TO_RULE)
  to?: Date;

  @OptionalField(countRule('Most events to replay, oldest first.', MOST_EVENTS, DEFAULT_EVENTS))
  limit?: number;
}
