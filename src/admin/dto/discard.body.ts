import type { DiscardOptions, EventDiscardFilter } from '../../events';
import { ApiSchema } from '../openapi';
import { ENDPOINT_RULE } from './endpoint.query';
import { FROM_RULE, KIND_RULE, TO_RULE } from './event.fields';
import { countRule, OptionalField } from './field';
import { DEFAULT_EVENTS, MOST_EVENTS } from './replay.body';

/** The body of `POST events/:stripeId/discard`. */
@ApiSchema('StripeDiscardEvent')
export class DiscardEventBody implements DiscardOptions {
  @OptionalField(ENDPOINT_RULE)
  endpoint?: string;
}

/** The body of `POST events/discard`. */
@ApiSchema('StripeDiscardEvents')
export class DiscardEventsBody implements EventDiscardFilter {
  @OptionalField(KIND_RULE)
  kind?: string;

  @OptionalField(ENDPOINT_RULE)
  endpoint?: string;

  @OptionalField(FROM_RULE)
  from?: Date;

  @OptionalField(TO_RULE)
  to?: Date;

  @OptionalField(countRule('Most events to discard, oldest first.', MOST_EVENTS, DEFAULT_EVENTS))
  limit?: number;
}
